"""Conversations: operator commands, takeover, status, attention, inbox queries."""
