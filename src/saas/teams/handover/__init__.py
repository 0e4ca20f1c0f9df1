"""Hand-over lists: what goes from one person to another, signed by both and by whoever watches."""
