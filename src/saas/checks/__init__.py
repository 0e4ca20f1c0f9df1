"""Checks: the anomaly rules, pure functions over a canonical ledger."""
