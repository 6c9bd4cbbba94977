"""Operators of a team, and the one who is signed in at this desk."""

from wxdesk.core.model.operator import Operator
from wxdesk.store.team import OperatorStore


class Operators:
    """Operators of a shared database; `now` is signed in here, None without sign-in."""

    def __init__(self, store: OperatorStore) -> None:
        self._store = store
        self.now: Operator | None = None
