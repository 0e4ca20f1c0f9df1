"""What contacts allowed, and how they take it back."""
