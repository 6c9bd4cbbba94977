"""Widgets about takeovers and transfers.

Imported by `chat`; imports the kit only.
"""
