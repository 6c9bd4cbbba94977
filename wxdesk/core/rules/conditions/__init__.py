"""Kinds of condition: test, faults, demands and needed facts of each.

Imported by the rooms of `core.rules`, `desk` and `ui`; imports `core.rules.patterns` and business hours.
"""
