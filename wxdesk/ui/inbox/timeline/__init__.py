"""Entries, texts, model and view of a chat. Imported by the rooms of the inbox."""
