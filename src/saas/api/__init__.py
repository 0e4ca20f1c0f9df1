"""The interface for other programs: tokens with scopes, an HTTP API, and webhooks that tell of what happened."""
