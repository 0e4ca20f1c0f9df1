"""Who does what, who covers whom, who can what."""
