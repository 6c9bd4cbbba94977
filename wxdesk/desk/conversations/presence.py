"""Presence at the desks: for rules, for notifications, and for colleagues.

A window reports it. Without one, as in `wxdesk serve`, nobody is there. It is not stored: opening the
program counts as presence. Each desk whispers to all others through the database, again and again, who is there,
looks at a conversation or types in it; that may get lost.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec

from wxdesk.core.conversations.claim import Sight
from wxdesk.core.errors import ClaimedByColleague, StoreError
from wxdesk.core.events import ColleaguesChanged, Event, PresenceChanged
from wxdesk.core.model.operator import acting_name
from wxdesk.core.presence import AwayReason, PresenceSignals, PresenceState, next_at_desk, together
from wxdesk.desk.ports import Clock
from wxdesk.desk.runtime.timers import sleep

log = logging.getLogger(__name__)


DESK_LOST_AFTER = timedelta(seconds=15)
"""Time without a word after which a desk on another machine counts as closed."""


class DeskPresence:
    """Keeper of the state `now`, one record, readable from any thread.

    `me` names the operator of this desk, empty without one.
    """

    def __init__(self, publish: Callable[[Event], None], clock: Clock, me: Callable[[], str] = str) -> None:
        self._publish = publish
        self._clock = clock
        self._own = PresenceState(clock(), AwayReason.NO_WINDOW)
        self._elsewhere: dict[str, tuple[PresenceState, datetime, str]] = {}
        self._me = me
        self.now = self._own

    async def report(self, seen: PresenceSignals | None) -> None:
        """Take the window's signals, None when it closes; for decisions from now on."""
        self._own = next_at_desk(self._own, seen, self._clock())
        self.judge()

    async def attend(self, desk: str, state: PresenceState) -> None:
        """Take the presence at a desk on another machine, which tells it again and again."""
        self._elsewhere[desk] = (state, self._clock(), acting_name())
        self.judge()

    def operators(self, *, also_away: bool = False) -> frozenset[str]:
        """Return the names of those who are at their desks, or whose desks are open."""
        desks = ((self._own, self._clock(), self._me()), *self._elsewhere.values())
        return frozenset(name for state, _, name in desks if name and (also_away or not state.away))

    def judge(self) -> None:
        """Judge all desks together, without those that are lost."""
        now, before = self._clock(), self.now
        self._elsewhere = {desk: one for desk, one in self._elsewhere.items() if now - one[1] < DESK_LOST_AFTER}
        self.now = together([self._own, *(state for state, *_ in self._elsewhere.values())])
        if self.now != before:
            log.info("At the desk: %s", self.now.reason or self.now.who)
            self._publish(PresenceChanged())


WHISPER = "sight:"
"""Beginning of what a desk whispers."""

SIGHT_EVERY_SECONDS, SIGHT_LOST_SECONDS = 1.5, 5.0
"""Time between two whispers of a desk, and until a silent one counts as lost."""
TYPES_FOR_SECONDS = 2.5
"""Time after a key for which an operator counts as typing."""


class Colleagues:
    """Keeper of the colleagues' sights `now`, one tuple, readable from any thread.

    `me` names the operator of this desk, empty without one; `away` tells whether they are away. `may_join` asks them
    if they mean to write into a colleague's conversation.
    """

    def __init__(
        self,
        whisper: Callable[[str], Awaitable[None]],
        away: Callable[[], bool],
        publish: Callable[[Event], None],
        me: Callable[[], str],
    ) -> None:
        self._whisper = whisper
        self._away = away
        self._me = me
        self.may_join: Callable[[ClaimedByColleague], Awaitable[bool]] = _never
        self._publish = publish
        self._desk = secrets.token_hex(8)
        self._conversation_id = self._typing_in = 0
        self._typed_at = 0.0
        self._heard: dict[str, tuple[Sight, float]] = {}
        self._changed = asyncio.Event()
        self.now: tuple[Sight, ...] = ()

    async def look_at(self, conversation_id: int) -> None:
        """Note which conversation the operator sees, 0 for none."""
        if conversation_id != self._conversation_id:
            self._conversation_id = conversation_id
            self._changed.set()

    async def type_in(self, conversation_id: int) -> None:
        """Note a key of the operator, 0 when they have stopped."""
        begun = conversation_id != self._types()
        self._typing_in, self._typed_at = conversation_id, asyncio.get_running_loop().time()
        if begun:
            self._changed.set()

    def receive(self, topic: str) -> bool:
        """Note the presence that a desk reports; False if `topic` is something else."""
        if not topic.startswith(WHISPER):
            return False
        with contextlib.suppress(msgspec.MsgspecError):
            desk, sight = msgspec.json.decode(topic.removeprefix(WHISPER), type=tuple[str, Sight])
            if desk != self._desk:
                self._heard[desk] = (sight, asyncio.get_running_loop().time())
                self._judge()
        return True

    async def run(self) -> None:
        """Whisper what this desk's operator does, and forget lost desks, until cancelled."""
        while True:
            self._changed.clear()
            try:
                await self._send_sight()
            except StoreError as error:
                log.debug("Colleagues do not see this desk: %s", error)
            self._judge()
            await sleep(SIGHT_EVERY_SECONDS, self._changed)

    async def _send_sight(self) -> None:
        if name := self._me():
            types = self._types()
            sight = Sight(name, types or (0 if self._away() else self._conversation_id), types > 0)
            await self._whisper(WHISPER + msgspec.json.encode((self._desk, sight)).decode())

    def _types(self) -> int:
        late = asyncio.get_running_loop().time() - self._typed_at > TYPES_FOR_SECONDS
        return 0 if late else self._typing_in

    def _judge(self) -> None:
        lost = asyncio.get_running_loop().time() - SIGHT_LOST_SECONDS
        self._heard = {desk: one for desk, one in self._heard.items() if one[1] > lost}
        now = tuple(sorted((sight for sight, _ in self._heard.values()), key=lambda one: (one.name, one)))
        if now != self.now:
            self.now = now
            self._publish(ColleaguesChanged())


async def _never(_error: ClaimedByColleague) -> bool:
    return False
