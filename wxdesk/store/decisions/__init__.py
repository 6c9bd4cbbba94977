"""Decisions about messages, stored with their replies and other effects."""
