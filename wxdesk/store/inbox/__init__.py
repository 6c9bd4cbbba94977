"""The inbox: list rows, figures, timeline, and conversations that need attention.

Imported by `store.opening` only; imports `store.messages`, `store.decisions` and what is below them.
"""
