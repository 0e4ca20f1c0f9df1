"""Scorecards (考核): figures of each person, open to objection, and the ledger of bonuses and penalties."""
