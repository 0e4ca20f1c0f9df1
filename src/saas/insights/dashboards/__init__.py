"""Pages of figures: the overview, a board for each subject, one measure with what it counts, and their export."""
