"""`saas bench`: the product's figures, measured beside a baseline of the same run, so that a slow machine shows."""
