"""Replies: lifecycle, parts, gaps, history, effect of new messages.

Imported by `core.templates` and the rooms above it, and by all other layers; imports `core.content` and
below.
"""
