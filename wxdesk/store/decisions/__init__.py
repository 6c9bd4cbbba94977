"""Decisions about messages, stored with their replies and other effects.

Imported by `store.messages` and the rooms above it; imports `store.rules`, `store.replies` and those below.
"""
