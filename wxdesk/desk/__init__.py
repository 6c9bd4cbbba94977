"""Customer service: answering messages, and the operator's commands.

Uses the store, and WeChat's API through `desk.ports`.
"""
