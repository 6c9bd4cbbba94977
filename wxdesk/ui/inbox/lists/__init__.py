"""Base classes of the inbox's lists: row model, list view, and the click guard.

Imported by `conversation_list`, `held_replies`, `timeline` and `page`; imports the kit only.
"""
