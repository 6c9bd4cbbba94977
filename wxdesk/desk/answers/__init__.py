"""Answers: filled templates, split into the messages that rules send.

Imported by `desk.templates`, `desk.rules` and the rooms above; imports `desk.settings` and `desk.ports`.
"""
