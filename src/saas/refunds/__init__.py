"""Refunds: policy → request → evidence and calculation → approvals → payee → payment → archive."""
