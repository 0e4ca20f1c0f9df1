"""The operator's room: which firms there are, what they use, what is stuck, and support that a firm lets in."""
