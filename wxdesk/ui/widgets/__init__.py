"""The widgets that every page is made of.

Imported by `content` and the rooms above it; imports `wording`, `runtime` and `look`.
"""
