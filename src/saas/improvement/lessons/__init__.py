"""Lessons: what went wrong once teaches everybody, and somebody does something about it."""
