"""Causes: the Pareto chart, what came back, whether training helped, where records wait."""
