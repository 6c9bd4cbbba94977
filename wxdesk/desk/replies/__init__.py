"""Replies on their way out: outbox, hold timers, and the outcome of each call.

Imported by `desk.conversations` and the rooms above; imports only `desk.settings` and those below.
"""
