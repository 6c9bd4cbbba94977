"""Subcommands of `wxdesk` that need more than a few lines, a module each.

Imported by `cli` only; may import every other layer.
"""
