"""Editor of one rule: head, conditions, actions, limits, faults and history.

Imported by `ui.rules` and its rooms `trial` and `import_export`; imports `ui.editing` and the rooms below
it.
"""
