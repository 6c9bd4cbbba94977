"""Painting of timeline rows: layout and look."""
