"""Personal information and leaving: what is kept of whom and why, taking it along, and what stays when a firm goes."""
