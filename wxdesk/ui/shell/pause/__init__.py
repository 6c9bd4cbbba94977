"""Pause of all automatic replies: its control, bar and menu.

Imported by the other modules of `shell`; imports the inbox, `widgets` and the rooms below.
"""
