"""Kinds of condition: test, faults, claims and needed facts of each, in one table.

Imported by the rooms of `core.rules`, `desk` and `ui`; imports `core.rules.patterns` and business hours.
"""
