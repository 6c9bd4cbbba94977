"""Held replies: strip, list, commands. Imported by `page` and its left region."""
