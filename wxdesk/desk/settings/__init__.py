"""Settings in force: accounts' modes, preferences, the pause and business hours.

Imported by the rooms of `desk` above it, by `ui`, `app` and `commands`; imports `desk.ports`.
"""
