"""List of rules: rows, figures, and changes that can be undone.

Imported by `ui.rules` and `ui.rules.trial`; imports `ui.editing` and the rooms below it.
"""
