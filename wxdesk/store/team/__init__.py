"""Team: operators, claims, commands, events."""

from wxdesk.store.team.claims import ClaimStore
from wxdesk.store.team.operators import OperatorStore, SignInRow, owners
from wxdesk.store.team.relay import CommandQueue, RelayedEvents

__all__ = ["ClaimStore", "CommandQueue", "OperatorStore", "RelayedEvents", "SignInRow", "owners"]
