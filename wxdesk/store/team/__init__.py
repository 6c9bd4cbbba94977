"""Team: operators, claims, calls to the server, events.

Imported by `desk.team` through `store.store`; imports `store.schema` and `store.engine`.
"""

from wxdesk.store.team.claims import ClaimStore
from wxdesk.store.team.operators import OperatorStore, SignInRow, owners
from wxdesk.store.team.relay import CommandQueue, RelayedEvents

__all__ = ["ClaimStore", "CommandQueue", "OperatorStore", "RelayedEvents", "SignInRow", "owners"]
