"""Training held together: planned, attended, on record."""
