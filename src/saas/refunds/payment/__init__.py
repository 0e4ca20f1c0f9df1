"""From the approval to the sealed file: budget, accounts, transfers, vouchers, archive."""
