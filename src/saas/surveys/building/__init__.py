"""Questionnaires built by the firm."""
