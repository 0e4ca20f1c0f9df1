"""How much is given back: pure functions from contract, receipts, service and policy to a ladder of lines."""
