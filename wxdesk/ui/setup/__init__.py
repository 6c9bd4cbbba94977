"""Guided set-up: five cards from nothing to the first answered message.

Imported by `settings`, `shell` and `ui.window`; imports `ui.presence` and rooms below it.
"""
