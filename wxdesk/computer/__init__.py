"""This computer: autostart, sleep, updates."""
