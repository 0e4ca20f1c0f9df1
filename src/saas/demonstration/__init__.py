"""Loading the demo firm: above the application, through whose pages the story is replayed."""
