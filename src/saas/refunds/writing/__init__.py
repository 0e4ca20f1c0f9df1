"""The letters of a refund, and the answers to them."""
