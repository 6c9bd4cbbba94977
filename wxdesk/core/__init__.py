"""Domain records and pure functions, shared by every other layer.

The standard library and msgspec only, no input or output, no clock: a function is handed all it needs.
May be imported by every package; imports nothing of wxdesk outside itself.
"""
