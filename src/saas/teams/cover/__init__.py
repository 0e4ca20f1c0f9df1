"""Absences with a deputy, and approvals delegated until a day."""
