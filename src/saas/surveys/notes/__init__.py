"""“You said, we did”: notes back to the clients."""
