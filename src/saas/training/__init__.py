"""Courses, exams, certificates and what they open."""
