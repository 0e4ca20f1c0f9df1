"""Firms: sign-up, settings, people and their roles, the working calendar, notifications."""
