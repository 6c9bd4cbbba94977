"""The settings page: accounts, preferences, and missing configuration.

Imported by `shell` and `ui.window`; imports `widgets` and the rooms below.
"""
