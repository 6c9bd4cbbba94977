"""Simulated /cgi-bin endpoints over HTTP, with planned faults and rate limits.

Imported by `sandbox.server`; imports `sandbox.push` and `sandbox.platform`.
"""
