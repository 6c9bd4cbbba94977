"""Room 2 of 5, messages are kept: the database, on SQLite or PostgreSQL."""

from wxdesk.store.opening import SqlStore, open_store
from wxdesk.store.status_check import Condition, look_at

__all__ = ["Condition", "SqlStore", "look_at", "open_store"]
