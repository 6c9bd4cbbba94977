"""Editing of records beside their list: fields, undo, saving, unsaved changes.

Imported by the pages and `ui.presence`; imports `ui.content` and the rooms below it, never a page.
"""
