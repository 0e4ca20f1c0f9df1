"""The engine of correcting vouchers: pure functions from facts to vouchers, with their reasons.

Read in this order: `facts` (what the decision needs), `table` (D1–D22), `method` (the choice), `drafting` (the plan).
Nothing here knows of the web, the database or a clock: today is an argument.
"""
