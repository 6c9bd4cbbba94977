"""Revision history of rules and templates: list, comparison, restoring.

Imported by the pages of rules and templates; imports `ui.widgets` and the rooms below it.
"""
