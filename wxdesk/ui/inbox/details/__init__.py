"""The right region: contact, reasons of an answer, history of a reply, and quota.

Imported by `page`, `regions` and `chat`; imports `timeline` and `open_conversation`.
"""
