"""The store: messages, replies and settings, on SQLite or PostgreSQL.

SQL is written here only.
"""

from wxdesk.store.engine.database import RENEW_SECONDS, WorkLease
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
    "RENEW_SECONDS",
    "Store",
    "StoreStatus",
    "WorkLease",
    "check_store",
    "is_shared",
    "is_worked_on",
    "open_store",
    "read_store",
    "unsafe_settings",
]
