"""Runtime of the window: asyncio loop, bridge to the desk, garbage, memory.

Imported by every other room of `ui` except `look`; imports `look` and the desk.
"""
