"""Card of a rule's conditions as one sentence, made of a part for each.

Imported by `ui.rules` and its editor; imports `ui.editing` and the rooms below it.
"""
