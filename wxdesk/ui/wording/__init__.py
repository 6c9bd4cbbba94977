"""Sentences of the window about the desk's records, without widgets.

Imported by `widgets` and the rooms above it; imports `runtime` and `look`.
"""
