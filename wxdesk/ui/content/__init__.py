"""Content of messages and replies, laid out and painted as contacts see it."""
