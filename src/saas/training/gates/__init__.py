"""For which deeds a firm asks for a certificate."""
