"""Skills: what each role needs, what each person can, and the courses that close the gaps."""
