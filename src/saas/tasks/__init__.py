"""Tasks: the one table behind every task, follow-up and reminder; My work."""
