"""Entries, texts, model and view of a chat."""
