"""The store: messages, replies and settings, on SQLite or PostgreSQL.

SQL is written here only.
"""

from wxdesk.store.opening import (
    StoreStatus,
    check_store,
    is_shared,
    is_worked_on,
    open_store,
    read_store,
    unsafe_settings,
)
from wxdesk.store.store import Store

__all__ = [
    "Store",
    "StoreStatus",
    "check_store",
    "is_shared",
    "is_worked_on",
    "open_store",
    "read_store",
    "unsafe_settings",
]
