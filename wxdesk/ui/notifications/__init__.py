"""Alerts outside the window: desktop notices, tray icon, taskbar and sound.

Imported by `ui.window` only; may import every other room of `ui`.
"""
