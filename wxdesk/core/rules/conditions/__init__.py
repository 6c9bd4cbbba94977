"""Kinds of condition: test, faults, demands and needed facts of each."""
