"""Revision history of rules and templates: list, comparison, restoring."""
