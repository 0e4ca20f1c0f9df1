"""Editing courses: a draft version, its lessons, questions and files, and its publication."""
