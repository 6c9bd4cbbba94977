"""Dialogs, in-window notices, and the sheet of keyboard shortcuts.

Imported by `content` and the rooms above it; imports the other widgets.
"""
