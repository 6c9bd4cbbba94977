"""Presence of the operator: watched by the window, set by hand, and shown.

Imported by the pages, `shell` and `notifications`; imports `widgets` and the rooms below.
"""
