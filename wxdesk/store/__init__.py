"""The store: messages, replies and settings, on SQLite or PostgreSQL.

Room 2 of 5 on the path of a message. Imported by `app` and `commands`; the desk knows only its ports.
"""

from wxdesk.store.opening import SqlStore, open_store
from wxdesk.store.status_check import StoreStatus, check_store

__all__ = ["SqlStore", "StoreStatus", "check_store", "open_store"]
