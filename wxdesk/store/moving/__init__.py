"""Moving: a store to the other engine, a home to a file and back.

Imported by `commands` and `desk.data`; imports `store.opening` and all below it.
"""

from wxdesk.store.moving.backup import DATABASE, Listing, Tell, make_backup
from wxdesk.store.moving.move import CopyProgress, CopyResult, CopyStart, move_store
from wxdesk.store.moving.restore import restore_backup

__all__ = [
    "DATABASE",
    "CopyProgress",
    "CopyResult",
    "CopyStart",
    "Listing",
    "Tell",
    "make_backup",
    "move_store",
    "restore_backup",
]
