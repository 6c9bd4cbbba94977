"""Messages: from a stored push to a decision on it and its replies."""
