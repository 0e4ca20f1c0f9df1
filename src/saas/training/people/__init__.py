"""What one person has learned, and what stands in the plan."""
