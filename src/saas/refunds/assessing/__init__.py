"""What was served and lost, gathered and weighed, before an amount is proposed."""
