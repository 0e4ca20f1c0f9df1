"""Every measure of the firm: one function each, with its definition in words and the rows it counts."""
