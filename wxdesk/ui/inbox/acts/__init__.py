"""Acts on conversations: their menu, changes with undo, and ends of a snooze.

Imported by `chat`, `conversation_list`, `details` and `page`; imports the kit, `open_conversation` and the composer's
field.
"""
