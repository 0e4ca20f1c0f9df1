"""A read-only page of figures for somebody without an account: by link, for a time, revocable, every look noted."""
