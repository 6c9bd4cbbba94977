"""List of rules: rows, figures, and changes that can be undone."""
