"""Answers with their legal basis, phrases for talks."""
