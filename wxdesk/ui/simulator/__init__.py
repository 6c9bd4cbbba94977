"""Page that controls the simulated WeChat; only the demonstration has it.

Imported by `ui.shell` and `sandbox` (its port); imports `ui.content` and rooms below it.
"""
