"""Trials: rules tried on a message that nobody sent.

Imported by `desk.desk` and the user interface; imports `desk.rules.rulebook` and `desk.answers`.
"""
