"""Notices: numbered letters to clients: register, issue, deliver, answer, verify page."""
