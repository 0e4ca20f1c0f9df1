"""Clients: companies, contacts, contracts and receipts, and every word exchanged with them."""
