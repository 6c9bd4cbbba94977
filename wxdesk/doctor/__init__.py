"""Checks of everything that messages need, from libraries to the outside view.

Imported by `commands` and `desktop`; imports every edge but `ui`, which it tries in a child process.
"""
