"""Refunds watched: signals on open ones, fairness, precedents and samples of closed ones."""
