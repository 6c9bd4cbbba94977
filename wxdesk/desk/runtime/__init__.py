"""Running the desk: event bus, supervisor, wall-clock timers, decision lock.

Imported by all rooms of `desk` above it, by `wechat`, `app` and `commands`; imports `desk.ports`.
"""
