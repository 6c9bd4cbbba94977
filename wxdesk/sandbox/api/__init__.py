"""Simulated /cgi-bin endpoints over HTTP, with planned faults and rate limits."""
