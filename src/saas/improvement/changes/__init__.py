"""Changes of processes and policies: approved by a second person, measured before and after."""
