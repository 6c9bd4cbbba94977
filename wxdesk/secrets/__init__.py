"""Secrets of accounts: their names, their sources, and the place of new ones.

Imported by `desk`, `ui`, `sandbox`, `app`, `cli` and `commands`; imports `core`, `paths` and `logs`.
"""
