"""Pending replies: timers, edit locks, undo, and changed modes or takeovers.

Imported by `store.opening` and `store.replies.replies`; imports the other modules of `store.replies`.
"""
