"""What comes from outside the ledger: bank statements and invoice lists, read, matched with the books line by line."""
