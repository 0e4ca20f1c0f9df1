"""The register of rules that bind the firm and its clients, and notes on the market."""
