"""Softer evidence: what a series leads one to expect, and journal-entry tests that score vouchers without accusing."""
