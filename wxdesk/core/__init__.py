"""Domain records and pure functions, shared by every other layer.

The standard library and msgspec only, no input or output, no clock: a function is handed all it needs.
"""
