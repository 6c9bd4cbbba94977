"""This computer: autostart and sleep.

Imported by `ui`; asks the system, and knows no desk.
"""
