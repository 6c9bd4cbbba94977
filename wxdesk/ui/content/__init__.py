"""Content of messages and replies, laid out and painted as contacts see it.

Imported by `editing` and the rooms above it; imports `widgets`, `wording`, `runtime` and `look`.
"""
