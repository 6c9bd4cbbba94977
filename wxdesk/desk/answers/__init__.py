"""Answers: filled templates, split into the messages that rules send."""
