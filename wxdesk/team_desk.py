"""Composition of a desk beside a server that works on the same database.

It holds no secret of WeChat's and makes no call to it. What it shows it reads from the store, changes it hears of by
the server's events, and whatever changes something the server carries out.
"""

from collections.abc import Awaitable, Callable, Collection
from functools import partial
from operator import attrgetter
from typing import Any

from msgspec.structs import replace

from wxdesk.core import events
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.desk import Desk
from wxdesk.desk.operators import Operators
from wxdesk.desk.runtime.supervisor import Supervisor
from wxdesk.desk.runtime.trouble_log import TroubleLog
from wxdesk.desk.team.authority import Authority
from wxdesk.desk.team.commands import COMMANDS, SHARED
from wxdesk.desk.team.dispatch import PartFront, RemoteCommands, give_or_join
from wxdesk.desk.team.following import Following
from wxdesk.store import Store


class TeamDesk:
    """Running desk without a server of its own; `desk` is what the window uses."""

    url = ""
    """The listener's URL: this desk has none."""

    def __init__(self, local: Desk, store: Store, operators: Operators) -> None:
        """Put the server before those parts of a `local` desk that change something."""
        publish = local.bus.publish
        commands = RemoteCommands(store, local.clock, operators, publish)
        self.desk = replace(_fronted(local, SHARED, commands, operators), is_remote=True)
        local.attention.me = operators.me
        local.accounts.are_known = False
        self.store, self.following = store, Following(store, self.desk, local, commands)
        self._parts = Supervisor(publish)

    async def start(self) -> None:
        """Read what is stored, and follow the server from then on; raises `StoreError`."""
        for part in (self.desk.health, self.desk.traffic, TroubleLog()):
            self.desk.bus.subscribe(part.on_event)  # each picks out the events that it knows
        await self.following.begin()
        if self.desk.operators is not None:
            await self.desk.operators.begin()
            self._parts.begin("sign-in", NOT_FOLLOWED, self.desk.operators.run)
        begin, unseen = self._parts.begin, "What the server does is not shown at the moment."
        begin("hints", unseen, self.following.follow_hints)
        begin("following", unseen, self.following.run)
        begin("catching up", unseen, self.following.catch_up)
        begin("colleagues", "Colleagues do not see at the moment what you do.", self.desk.colleagues.run)
        begin("presence", "The server does not know at the moment that you are there.", self.following.attend)

    async def stop(self) -> None:
        """Stop following, and close the store."""
        await self._parts.stop()
        await self.store.close()


async def begin_sign_in(local: Desk, store: Store, operators: Operators, parts: Supervisor) -> Desk:
    """Let a window on the machine that works ask who uses it; raises `StoreError`."""
    await operators.begin()
    parts.begin("sign-in", NOT_FOLLOWED, operators.run)
    local.bus.subscribe(lambda event: local.bus.publish(_turn(event)), events.WorkChanged)
    authority = Authority(store.operators, local)

    async def give(path: str, method: Callable[..., Any], *given: Any, **named: Any) -> Any:  # noqa: ANN401
        return await authority.carry_out(path, operators.my_id, method, *given, **named)

    return _fronted(local, COMMANDS, give, operators)


def _turn(event: events.Event) -> events.Event:
    said = "Another server has taken over: nothing new appears in this window. Close wxdesk here and open it again."
    return events.TroubleRaised(TroubleArea.SERVER, "" if event == events.WorkChanged(True) else said)


NOT_FOLLOWED = "Changed rights of operators are not noticed at the moment."


def _fronted(local: Desk, commands: Collection[str], give: Callable[..., Awaitable[Any]], operators: Operators) -> Desk:
    """Put fronts before the parts, so that `give` carries out their commands."""
    give = partial(give_or_join, give, local)
    paths = {command.rpartition(".")[0] for command in commands}
    fronts: dict[str, Any] = {path: PartFront(attrgetter(path)(local), path, commands, give) for path in paths}
    of_rules = {path.removeprefix("rules."): fronts.pop(path) for path in paths if path.startswith("rules.")}
    return replace(local, rules=replace(local.rules, **of_rules), **fronts, operators=operators)
