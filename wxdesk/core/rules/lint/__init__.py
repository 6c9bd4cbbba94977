"""Lint of a list of rules: unreachable, ineffective, doubtful or similar rules.

Imported by all other layers; imports `core.rules.matching`, the rest of `core.rules`, and below.
"""
