"""Editing of records beside their list: fields, undo, saving, unsaved changes."""
