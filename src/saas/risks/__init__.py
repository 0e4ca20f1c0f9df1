"""Risk register, playbooks, incidents and drills."""
