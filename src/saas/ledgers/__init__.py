"""Ledgers: read any recognised export into one canonical form, keep its versions, show its vouchers."""
