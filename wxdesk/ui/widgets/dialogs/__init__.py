"""Dialogs, in-window notices, and the sheet of keyboard shortcuts."""
