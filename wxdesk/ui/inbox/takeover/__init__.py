"""Widgets about takeovers and transfers, and the notices when a takeover ends.

Imported by `chat` and `ui.shell`; imports the kit only.
"""
