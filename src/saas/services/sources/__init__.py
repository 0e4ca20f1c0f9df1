"""Where clients come from: sources, partners, leads, reviews."""
