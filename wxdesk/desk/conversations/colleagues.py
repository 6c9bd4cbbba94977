"""Colleagues at their desks: who is there, looks at a conversation, types in it.

Each desk whispers it to all others through the database, again and again; it is kept nowhere, and may get lost.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable

import msgspec

from wxdesk.core.conversations.claim import Sight
from wxdesk.core.errors import ClaimedByColleague, StoreError
from wxdesk.core.events import ColleaguesChanged, Event

log = logging.getLogger(__name__)

WHISPER = "sight:"
"""Beginning of what a desk whispers."""

EVERY_SECONDS = 1.5
LOST_AFTER_SECONDS = 5.0
TYPES_FOR_SECONDS = 2.5
"""Time after a key for which an operator counts as typing."""


class Colleagues:
    """Keeper of the colleagues' sights `now`, one tuple, readable from any thread.

    `me` names the operator of this desk, empty without one; `away` tells whether they are away. `may_join` asks them
    if they mean to write into a colleague's conversation.
    """

    def __init__(
        self, whisper: Callable[[str], Awaitable[None]], away: Callable[[], bool], publish: Callable[[Event], None]
    ) -> None:
        self._whisper = whisper
        self._away = away
        self.me: Callable[[], str] = str
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

    def hear(self, topic: str) -> bool:
        """Take what a desk whispers; False if `topic` is something else."""
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
                await self._tell()
            except StoreError as error:
                log.debug("Colleagues do not see this desk: %s", error)
            self._judge()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._changed.wait()

    async def _tell(self) -> None:
        if name := self.me():
            away, types = self._away(), self._types()
            sight = Sight(name, types or (0 if away else self._conversation_id), types > 0, away)
            await self._whisper(WHISPER + msgspec.json.encode((self._desk, sight)).decode())

    def _types(self) -> int:
        late = asyncio.get_running_loop().time() - self._typed_at > TYPES_FOR_SECONDS
        return 0 if late else self._typing_in

    def _judge(self) -> None:
        lost = asyncio.get_running_loop().time() - LOST_AFTER_SECONDS
        self._heard = {desk: one for desk, one in self._heard.items() if one[1] > lost}
        now = tuple(sorted((sight for sight, _ in self._heard.values()), key=lambda one: (one.name, one)))
        if now != self.now:
            self.now = now
            self._publish(ColleaguesChanged())


async def _never(_error: ClaimedByColleague) -> bool:
    return False
