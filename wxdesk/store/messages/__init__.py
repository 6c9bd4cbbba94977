"""Pushes, the messages derived from them, and the message history."""
