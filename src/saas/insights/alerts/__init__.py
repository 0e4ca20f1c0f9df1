"""Alerts: when a figure crosses its limit or keeps getting worse, its owner learns of it, once a window."""
