"""Signed pushes that could not be read: shown, and read again on command."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wxdesk.core.errors import BadInput
from wxdesk.core.events import Event, QuarantineChanged
from wxdesk.core.model.push import KeptPush
from wxdesk.desk.ports import ReadPush
from wxdesk.store.messages.deriving import UnderivedPush
from wxdesk.store.messages.quarantine import QuarantineStore

SHOWN = 500
"""Most pushes shown, the newest."""

AT_ONCE = 100
"""Pushes read again at once, before other work gets its turn."""

type TakeUp = Callable[[Sequence[UnderivedPush]], None]
"""Queues these pushes for intake, behind those that wait already."""


class Quarantine:
    """The quarantine; a push leaves it only when it can be read."""

    def __init__(
        self, kept: QuarantineStore, read_push: ReadPush, take_up: TakeUp, publish: Callable[[Event], None]
    ) -> None:
        self._kept = kept
        self._read_push = read_push
        self._take_up = take_up
        self._publish = publish

    async def newest(self) -> tuple[int, list[KeptPush]]:
        """Return their number, and the newest of them."""
        return await self._kept.size(), await self._kept.page(limit=SHOWN)

    async def read_again(self) -> int:
        """Read each push again, with its old time (so stale); return how many succeeded."""
        found, before = 0, None
        while page := await self._kept.page(before, AT_ONCE):
            before = page[-1].id
            readable = [push for push in map(self._again, reversed(page)) if push.incoming is not None]
            if readable:
                # Released first: a crash in between leaves them underived, which the next start finishes.
                released = set(await self._kept.release([push.push_id for push in readable]))
                self._take_up([push for push in readable if push.push_id in released])
                found += len(released)
        if found:
            self._publish(QuarantineChanged())
        return found

    def _again(self, push: KeptPush) -> UnderivedPush:
        try:
            incoming = self._read_push(push.body)
        except BadInput:
            incoming = None
        return UnderivedPush(push.id, push.account, push.received_at, incoming)
