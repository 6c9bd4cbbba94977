"""Checks of everything that messages need, from libraries to the outside view."""
