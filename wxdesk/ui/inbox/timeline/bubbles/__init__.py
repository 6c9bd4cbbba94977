"""Painting of timeline rows: content, layout, style, and differences of an edit.

Imported by `timeline` and `details`; imports the texts and entries of `timeline`, and the kit.
"""
