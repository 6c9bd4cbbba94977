"""Side of the server that works: it serves desks and hears of other servers."""

import asyncio
import logging
from collections.abc import Callable

from wxdesk.core.errors import StoreError
from wxdesk.desk.desk import Desk
from wxdesk.desk.runtime.supervisor import Supervisor
from wxdesk.desk.team.claim_keeper import ClaimKeeper
from wxdesk.desk.team.commands import CommandRunner
from wxdesk.desk.team.relay import EventRelay
from wxdesk.store import Store

log = logging.getLogger(__name__)

ATTEND_SECONDS = 5.0
"""Time between two words of a desk about its presence."""


class TeamHost:
    """Parts that work on a shared database only.

    `look_for_pushes` is called when another server has kept some.
    """

    def __init__(self, store: Store, desk: Desk, look_for_pushes: Callable[[], None]) -> None:
        self._store = store
        self._look_for_pushes = look_for_pushes
        self._relay = EventRelay(store, desk.clock)
        self._runner = CommandRunner(store, desk, desk.clock, self._relay.flush)
        self._desk = desk
        desk.bus.subscribe(self._relay.hear)

    def begin(self, work: Supervisor) -> None:
        """Begin the parts."""
        work.begin("calls of desks", "Desks on other machines are not served at the moment.", self._runner.run)
        work.begin("relay to desks", "Desks on other machines show nothing new at the moment.", self._relay.run)
        unseen = "Messages that other servers keep are answered late at the moment."
        work.begin("other servers", unseen, lambda: self._store.listen(self._look))

        lost = "Desks that have gone count as attended at the moment."
        work.begin("presence at desks", lost, self._judge_presence)
        work.begin("colleagues", "Colleagues do not see this desk at the moment.", self._desk.colleagues.run)

    async def _judge_presence(self) -> None:
        desk, claims = self._desk, ClaimKeeper(self._store.claims, self._desk)
        while True:
            await asyncio.sleep(ATTEND_SECONDS)
            desk.presence.judge()
            try:
                await claims.look()
            except StoreError as error:
                log.warning("Claims wait for the database: %s", error)

    def _look(self, topic: str) -> None:
        self._desk.colleagues.hear(topic)
        if topic in ("", "push"):
            self._look_for_pushes()
        if topic in ("", "command"):
            self._runner.look()
