"""Lint of a list of rules: unreachable, ineffective, doubtful or similar rules."""
