"""Conversations: operator commands, takeover, status, attention, inbox queries.

Imported by `desk.messages`, by `desk.desk` and by the layers above; imports the rooms of `desk` below it,
of which `replies`, `answers`, `pictures`, `settings`, `runtime` and `ports` are needed.
"""
