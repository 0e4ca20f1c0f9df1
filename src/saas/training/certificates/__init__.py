"""Certificates: issued by passing, printed, verified by anybody."""
