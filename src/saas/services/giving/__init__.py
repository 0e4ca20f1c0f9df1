"""Service given free of charge."""
