"""Asking a colleague for help on a record."""
