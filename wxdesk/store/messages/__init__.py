"""Pushes, the messages derived from them, and the message history.

Imported by `store.opening` and `store.inbox`; imports `store.decisions` and what is below it.
"""
