"""Moving a store to the other engine, all compared.

Imported by `commands`; imports `store.opening` and all below it.
"""

from wxdesk.store.moving.move import CopyProgress, CopyResult, CopyStart, move_store

__all__ = ["CopyProgress", "CopyResult", "CopyStart", "move_store"]
