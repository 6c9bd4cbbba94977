"""Panels over the chat that make links, cards and pictures, or a link in the text.

Imported by `chat` and its sister rooms in `composer`; imports `composer.composer`, `composer.edit_saving`,
`open_conversation` and the kit.
"""
