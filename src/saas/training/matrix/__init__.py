"""Who has learned what: fifty people by forty courses a page."""
