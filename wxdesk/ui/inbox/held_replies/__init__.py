"""Held automatic replies: strip, list, commands, and the dialog after a pause.

Imported by `page`, `conversation_list` and `ui.shell.pause`; imports `lists`, `timeline` and
`open_conversation`.
"""
