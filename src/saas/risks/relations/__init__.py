"""Warnings at contract time, and early signs that a client may leave."""
