"""The tables of risks."""
