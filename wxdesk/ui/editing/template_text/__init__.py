"""Text field for Liquid templates, and the menu of their variables.

Imported by the pages that edit or insert templates; imports `ui.widgets` and the rooms below it.
"""
