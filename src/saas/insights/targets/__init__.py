"""What each measure should come to: the firm’s targets with the days they apply from."""
