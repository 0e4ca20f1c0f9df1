"""Who was asked to read something, who has read it, and what they answered."""
