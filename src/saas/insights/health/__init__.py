"""Client health: a score from cases, answers, refunds and response, each term shown, and whether a renewal is due."""
