"""Thanks between colleagues, and what the team has set out to reach."""
