"""Sitting an exam: start, save, hand in, see what was right."""
