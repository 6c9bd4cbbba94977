"""Held automatic replies: strip, list, commands, and the dialog after a pause.

Imported by `page` and `conversation_list`; imports `lists`, `timeline` and `open_conversation`.
"""
