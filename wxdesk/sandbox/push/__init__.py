"""Simulated pushes to a listener: bodies, encryption, retries, faults and journal.

Imported by the rooms and modules of `sandbox` above it; imports `sandbox.platform` and `webhook.crypto`.
"""
