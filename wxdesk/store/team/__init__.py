"""Team: calls of desks to the server that works, and what it tells them.

Imported by `desk.team` through `store.store`; imports `store.schema` and `store.engine`.
"""

from wxdesk.store.team.commands import CommandQueue
from wxdesk.store.team.relayed_events import RelayedEvents

__all__ = ["CommandQueue", "RelayedEvents"]
