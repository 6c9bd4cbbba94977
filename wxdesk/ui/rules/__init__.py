"""Rules page: list, editor, trial, reviews, business hours, import and export.

Imported by `ui.shell` and `ui.window`, not by other pages; imports `ui.editing` and the rooms below it.
"""
