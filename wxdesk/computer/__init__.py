"""This computer: autostart, sleep, updates.

Imported by `ui`; asks the system, and knows no desk.
"""
