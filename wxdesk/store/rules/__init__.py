"""Rules: the ordered list, its revisions, and each match of a rule.

Imported by `store.templates` and the rooms above it; imports `store.settings` and what is below it.
"""
