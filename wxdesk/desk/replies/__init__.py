"""Replies on their way out: outbox, hold timers, and the outcome of each call."""
