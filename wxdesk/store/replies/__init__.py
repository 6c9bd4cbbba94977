"""Replies: the outbox's table, state moves, parts of answers, and history.

Imported by `store.decisions` and the rooms above it; imports `store.conversations` and those below.
"""
