"""Held replies: strip, list, commands."""
