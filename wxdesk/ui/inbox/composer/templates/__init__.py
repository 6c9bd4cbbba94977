"""Inserting a template: picker, form for its questions, and the insertion.

Imported by `chat` and `composer.typing_notice`; imports `composer`, `composer.panels`, `open_conversation`
and the kit.
"""
