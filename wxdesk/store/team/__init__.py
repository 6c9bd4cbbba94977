"""Team: operators, claims, calls of desks to the server that works, their events.

Imported by `desk.team` through `store.store`; imports `store.schema` and `store.engine`.
"""

from wxdesk.store.team.claims import ClaimStore
from wxdesk.store.team.commands import CommandQueue
from wxdesk.store.team.operators import OperatorStore, SignInRow, owners
from wxdesk.store.team.relayed_events import RelayedEvents

__all__ = ["ClaimStore", "CommandQueue", "OperatorStore", "RelayedEvents", "SignInRow", "owners"]
