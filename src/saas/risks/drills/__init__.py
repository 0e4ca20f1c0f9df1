"""Drills: a sandbox copy of the firm with errors put into its books, worked by the team, timed, scored and erased."""
