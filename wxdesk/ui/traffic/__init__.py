"""Traffic page: requests from WeChat, calls to it, and the outcome of each.

Imported by `ui.shell`; imports `ui.widgets`, `ui.wording` and rooms below them.
"""
