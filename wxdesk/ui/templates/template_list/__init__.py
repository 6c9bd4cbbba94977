"""List of templates: search, categories, rows, and changes that can be undone.

Imported by `ui.templates.page`; imports `ui.templates.text` and the rooms below the page.
"""
