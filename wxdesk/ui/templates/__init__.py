"""Templates page: list, editor and preview of stored answers.

Imported by `ui.shell` and `ui.window`, not by other pages; imports `ui.editing` and the rooms below it.
"""
