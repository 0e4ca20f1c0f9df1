"""Drills: the product is made to fail on purpose, in a world of its own, and must come out whole (docs/TRUST.md)."""
