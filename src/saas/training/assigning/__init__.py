"""Who has to learn what by when."""
