"""Secrets of accounts: their names, their sources, and the place of new ones."""
