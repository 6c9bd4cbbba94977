"""Composition of a desk beside a server that works on the same database.

It holds no secret of WeChat's and makes no call to it. What it shows it reads from the store, changes it hears of by
the server's events, and whatever changes something the server carries out.
"""

from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

from wxdesk.core.events import ApiCalled, ListenerChanged, PauseChanged, PushSeen, TokenChanged, TroubleRaised
from wxdesk.desk.desk import Desk
from wxdesk.desk.ports import Clock
from wxdesk.desk.runtime.supervisor import Supervisor
from wxdesk.desk.runtime.trouble_log import TroubleLog
from wxdesk.desk.team.commands import COMMANDS, RemoteCalls, RemotePart
from wxdesk.desk.team.following import Following
from wxdesk.store import Store


@dataclass(slots=True)
class TeamDesk:
    """Running desk without a server of its own; `desk` is what the window uses."""

    desk: Desk
    store: Store
    following: Following
    url: str = ""
    """The listener's URL: this desk has none."""
    _parts: Supervisor = field(init=False)

    def __post_init__(self) -> None:
        self._parts = Supervisor(self.desk.bus.publish)

    async def start(self) -> None:
        """Read what is stored, and follow the server from then on; raises `StoreError`."""
        subscribe = self.desk.bus.subscribe
        subscribe(self.desk.health.hear, ListenerChanged, PauseChanged, TokenChanged, TroubleRaised)
        subscribe(self.desk.traffic.hear, PushSeen, ApiCalled)
        subscribe(TroubleLog().hear, TroubleRaised)
        await self.following.begin()
        begin, unseen = self._parts.begin, "What the server does is not shown at the moment."
        begin("hints", unseen, self.following.hear_hints)
        begin("following", unseen, self.following.run)
        begin("catching up", unseen, self.following.catch_up)
        begin("colleagues", "Colleagues do not see at the moment what you do.", self.desk.colleagues.run)
        begin("presence", "The server does not know at the moment that you are there.", self.following.attend)

    async def stop(self) -> None:
        """Stop following, and close the store."""
        await self._parts.stop()
        await self.store.close()


def team_desk(local: Desk, store: Store, clock: Clock) -> TeamDesk:
    """Put the server before those parts of a desk that change something."""
    calls = RemoteCalls(store, clock, local.colleagues)
    remote: dict[str, Any] = {path: RemotePart(attrgetter(path)(local), path, calls) for path in COMMANDS}
    of_rules = {path.removeprefix(RULES): remote.pop(path) for path in COMMANDS if path.startswith(RULES)}
    desk = replace(local, is_remote=True, rules=replace(local.rules, **of_rules), **remote)
    local.inbox.me = local.colleagues.me = lambda: desk.me
    return TeamDesk(desk, store, Following(store, desk, local, calls))


RULES = "rules."
"""Beginning of the paths of the parts within `Desk.rules`."""
