"""Input fields: text, titles, numbers, choices, and lists of words.

Imported by `content` and the rooms above it; imports the other widgets.
"""
