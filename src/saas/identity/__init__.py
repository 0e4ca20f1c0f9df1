"""Identity: people, their credentials and sessions, and the firms they are members of."""
