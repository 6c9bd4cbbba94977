"""Alerts outside the window: desktop notices, tray icon, taskbar and sound."""
