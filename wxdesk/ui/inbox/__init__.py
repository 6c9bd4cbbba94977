"""The inbox page: conversation list, chat with composer, and customer details.

Each region has a room of its own; this level holds the page, its layout and keys, and the open conversation.
"""
