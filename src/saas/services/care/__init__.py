"""Friendly reminders, only with consent."""
