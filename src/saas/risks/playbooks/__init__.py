"""Plans for emergencies: who does what, who calls whom, what is written to whom."""
