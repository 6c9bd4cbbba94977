"""Conversations: list rows, takeover, transfer, attention, contact changes.

Imported by `core.rules`, `core.events` and all other layers; imports `core.templates` and below.
"""
