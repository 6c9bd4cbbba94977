"""Editor of one template: title, lookup, content, prompts and preview.

Imported by `ui.templates.page`; imports `ui.templates.text` and the rooms below the page.
"""
