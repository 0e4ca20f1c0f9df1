"""Refunds as a list, a board and a file."""
