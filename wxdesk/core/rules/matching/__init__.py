"""Matching of messages against rules: guards, conditions, candidates, verdicts.

Imported by `core.rules.lint` and all other layers; imports the rest of `core.rules` and below.
"""
