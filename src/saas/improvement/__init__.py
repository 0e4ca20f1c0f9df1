"""Lessons, changes and their measured effect; regulations and market notes."""
