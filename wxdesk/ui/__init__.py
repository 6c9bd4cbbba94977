"""Room 5 of 5, people step in: the window."""
