"""Input fields: text, titles, numbers, choices, and lists of words."""
