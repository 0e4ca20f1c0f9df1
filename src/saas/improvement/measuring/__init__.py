"""Figures before and after: pure functions over counts, and the queries that count."""
