"""Runtime of the window: loop, bridge to the desk, repeated questions, memory.

Imported by every other room of `ui` except `look`; imports `look` and the desk.
"""
