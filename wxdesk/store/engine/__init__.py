"""Connections, transactions, threads and locks on SQLite and PostgreSQL."""
