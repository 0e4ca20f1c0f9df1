"""The tables of improvement."""
