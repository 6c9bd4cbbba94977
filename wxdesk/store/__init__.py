"""The store: messages, replies and settings, on SQLite or PostgreSQL.

Room 2 of 5 on the path of a message. Imported by `app` and `commands`; the desk knows only its ports.
"""

from wxdesk.store.opening import SqlStore, open_store
from wxdesk.store.status_check import Condition, look_at

__all__ = ["Condition", "SqlStore", "look_at", "open_store"]
