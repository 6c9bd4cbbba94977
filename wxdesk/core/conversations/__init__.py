"""Conversations: list rows, takeover, transfer, attention, contact changes."""
