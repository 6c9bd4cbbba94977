"""Insights page: incoming messages, who answered, waiting times and failures.

Imported by `ui.shell`; imports `ui.widgets`, `ui.wording` and rooms below them.
"""
