"""Team: operators, calls of desks to the server that works, and events for desks.

Imported by `desk.team` through `store.store`; imports `store.schema` and `store.engine`.
"""

from wxdesk.store.team.commands import CommandQueue
from wxdesk.store.team.operators import OperatorStore, SignInRow
from wxdesk.store.team.relayed_events import RelayedEvents

__all__ = ["CommandQueue", "OperatorStore", "RelayedEvents", "SignInRow"]
