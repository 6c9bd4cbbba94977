"""Painting of timeline rows: layout and look. Imported by `timeline`."""
