"""Rules: the ordered list, its revisions, and each match of a rule."""
