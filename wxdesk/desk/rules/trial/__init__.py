"""Trials: rules tried on a message that nobody sent.

Imported by `desk.rules.rulebook` and the rooms above `desk.rules`; imports `desk.answers`.
"""
