"""Presence of the operator: watched by the window, set by hand, and shown."""
