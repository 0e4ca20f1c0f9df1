"""What every module shares. The kernel imports no module."""
