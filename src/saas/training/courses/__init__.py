"""Courses as learners read them."""
