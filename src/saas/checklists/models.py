"""The tables of checklists."""
