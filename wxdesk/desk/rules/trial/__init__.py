"""Trials: rules tried on a message that nobody sent."""
