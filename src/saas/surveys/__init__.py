"""Surveys: questionnaires by link, answers, follow-up."""
