"""The library of procedures (SOP): written by one person, put in force by another, read by those it concerns."""
