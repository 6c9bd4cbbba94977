"""Connections, transactions, threads and locks on SQLite and PostgreSQL.

The lowest room of the store: imported by all others, imports none of them.
"""
