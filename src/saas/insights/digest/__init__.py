"""The week in one page for those who run the firm: figures with their change, what crossed a limit, what is late."""
