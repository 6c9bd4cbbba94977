"""What waits with a clock or for a word: released in time, and all of it at once where an operator says so.

The outbox asks `look` before it sends, and again when `look` has said; so everything here keeps to the one clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from wxdesk.core.events import Event, ReplyChanged
from wxdesk.core.model import Reply
from wxdesk.desk.pause import Pause
from wxdesk.desk.ports import Clock, Store

AFTER_PAUSE = "Everything was paused when it should have left. It leaves only when you say so."


class Holding:
    """Replies that are held, and the pause that holds all of them."""

    def __init__(self, store: Store, pause: Pause, publish: Callable[[Event], None], clock: Clock) -> None:
        self._store = store
        self._pause = pause
        self._publish = publish
        self._clock = clock

    async def look(self, now: datetime) -> datetime | None:
        """Let go what was held until `now`; when the next look is due, None if nothing has a time."""
        if self._pause.until is not None and self._pause.until <= now:
            await self.resume()
        only_by_hand = self._pause.on
        self._tell(await self._store.waiting.release_due(now, only_by_hand=only_by_hand))
        times = (await self._store.waiting.next_wake(now, only_by_hand=only_by_hand), self._pause.until)
        return min((time for time in times if time is not None), default=None)

    async def release_all(self, by: str) -> int:
        """Send every held automatic reply now; how many."""
        return self._tell(await self._store.waiting.release_held(by, self._clock()))

    async def cancel_all(self, by: str) -> int:
        """Stop every held automatic reply, and leave the drafts; how many."""
        return self._tell(await self._store.waiting.cancel_held(by, self._clock()))

    async def pause(self, until: datetime | None = None) -> None:
        """Nothing automatic leaves from this instant, `until` then or until somebody resumes."""
        await self._pause.set(True, until, self._clock())

    async def resume(self) -> None:
        """Rules may speak again. What waited is held now and asks, so that nothing leaves by surprise."""
        self._tell(await self._store.waiting.ask_after_pause(self._clock(), AFTER_PAUSE))
        await self._pause.set(False)

    def _tell(self, replies: Iterable[Reply]) -> int:
        count = 0
        for reply in replies:
            self._publish(ReplyChanged(reply.conversation_id, reply.id, reply.state))
            count += 1
        return count
