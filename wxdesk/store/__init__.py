"""Room 2 of 5, messages are kept: the database, on SQLite or PostgreSQL."""

from wxdesk.store.opening import SqlStore, open_store

__all__ = ["SqlStore", "open_store"]
