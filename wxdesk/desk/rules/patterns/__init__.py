"""Patterns of rules: RE2 compilation, and a prefilter for many patterns.

Imported by the other modules of `desk.rules` and the rooms above it; the only room that imports re2.
"""
