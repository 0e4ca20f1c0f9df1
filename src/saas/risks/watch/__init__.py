"""What happens is counted against the register, and limits open tasks."""
