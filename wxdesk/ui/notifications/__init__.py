"""How the window fetches its human: tray, taskbar, sound."""
