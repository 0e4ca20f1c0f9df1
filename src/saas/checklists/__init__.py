"""Recurring checks with evidence and sign-off; procedures (SOP) and who read them."""
