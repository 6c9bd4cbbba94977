"""Inserting templates and emoticons: pickers, a form for questions, the insertion.

Imported by `chat` and `composer.typing_notice`; imports `composer`, `composer.panels`, `open_conversation`
and the kit.
"""
