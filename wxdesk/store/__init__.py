"""Room 2 of 5, messages are kept: the database, on SQLite or PostgreSQL."""

from wxdesk.store.looking import Condition, look_at
from wxdesk.store.opening import SqlStore, open_store

__all__ = ["Condition", "SqlStore", "look_at", "open_store"]
