"""Reviews of all rules: lint findings, unmatched messages and dry runs.

Imported by `ui.rules`, its editor and `import_export`; imports `ui.editing` and the rooms below it.
"""
