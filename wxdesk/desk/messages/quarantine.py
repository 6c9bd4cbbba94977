"""Signed pushes that could not be read: shown, and read again on command."""

from collections.abc import Callable

from msgspec import Struct

from wxdesk.core.errors import BadInput
from wxdesk.core.events import Event, QuarantineChanged
from wxdesk.core.model.push import KeptPush
from wxdesk.desk.ports import ReadPush
from wxdesk.store.messages.deriving import UnderivedPush
from wxdesk.store.messages.pushes import QuarantineStore

SHOWN = 500
"""Most pushes shown, the newest."""

AT_ONCE = 100
"""Pushes read again at once, before other work gets its turn."""


class Quarantine(Struct, frozen=True):
    """The quarantine; a push leaves it only when it can be read."""

    _kept: QuarantineStore
    _read_push: ReadPush
    _released: Callable[[], None]
    _publish: Callable[[Event], None]

    async def newest(self) -> tuple[int, list[KeptPush]]:
        """Return their number, and the newest of them."""
        return await self._kept.size(), await self._kept.page(limit=SHOWN)

    async def read_again(self) -> int:
        """Read each push again, with its old time (so stale); return how many succeeded."""
        found, before = 0, None
        while page := await self._kept.page(before, AT_ONCE):
            before = page[-1].id
            pushes = (read_kept(push, self._read_push) for push in reversed(page))
            readable = [push for push in pushes if push.incoming is not None]
            if readable:
                found += len(await self._kept.release([push.push_id for push in readable]))
                self._released()
        if found:
            self._publish(QuarantineChanged())
        return found


def read_kept(push: KeptPush, read_push: ReadPush) -> UnderivedPush:
    """Read a stored push; `incoming` is None if it cannot be read."""
    try:
        incoming = read_push(push.body)
    except BadInput:
        incoming = None
    return UnderivedPush(push.id, push.account, push.received_at, incoming)
