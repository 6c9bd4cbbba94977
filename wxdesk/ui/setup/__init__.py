"""Guided set-up: five cards from nothing to the first answered message."""
