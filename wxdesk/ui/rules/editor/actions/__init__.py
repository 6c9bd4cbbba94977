"""Card of a rule's actions, and the fields of each kind of action.

Imported by `ui.rules.editor` and `ui.rules.trial`; imports `ui.editing` and the rooms below it.
"""
