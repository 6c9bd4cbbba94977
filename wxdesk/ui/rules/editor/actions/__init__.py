"""Card of a rule's actions, and the fields of each kind of action."""
