"""Subcommands of `wxdesk` that need more than a few lines: demo, doctor and rules.

One module a command. Imported by `cli` only; may import every other layer.
"""
