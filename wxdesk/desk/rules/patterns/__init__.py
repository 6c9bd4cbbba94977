"""Patterns of rules: RE2 compilation, and a prefilter by required literals.

Imported by the other modules of `desk.rules` and the rooms above it; the only room that imports re2.
"""
