"""Import and export of rules files, with a preview of what an import changes.

Imported by `ui.rules.page`; imports `ui.rules.editor`, `ui.rules.review` and the rooms below the page.
"""
