"""Adjustments: correcting vouchers, from the lawful method to proof of cure."""
