"""Insights page: incoming messages, who answered, waiting times and failures."""
