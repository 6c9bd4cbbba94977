"""Team: a desk beside the server that works, and its side.

They share a PostgreSQL database and nothing else. The desk reads the store itself, hears the server's events
(`relay`), and has the server carry out whatever changes something (`commands`, by `dispatch`).
"""
