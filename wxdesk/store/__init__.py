"""The store: messages, replies and settings, on SQLite or PostgreSQL.

Room 2 of 5 on the path of a message. Imported by `desk`, `app` and `commands`; imports `core`, `paths` and
`emoticons`. SQL is written here only.
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
