"""In which conversations the operator is writing: what is held there waits until he has done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from wxdesk.core.events import Event, OperatorWrites
from wxdesk.desk.ports.store import Clock

QUIET = timedelta(minutes=1)
"""Without a key for so long he writes no more, whatever stands there; whoever only looks an order up is not done."""

GRACE = timedelta(seconds=5)
"""For so long at least what is held stays held once he has stopped."""

AHEAD = timedelta(seconds=15)
"""By no more than this is a deadline moved at a time: once he has emptied what he wrote, it is near."""


class Writing:
    """Told of every key by `desk.typing`, asked by `desk.holding`."""

    def __init__(self, publish: Callable[[Event], None], clock: Clock) -> None:
        self._publish = publish
        self._clock = clock
        self._held_until: dict[int, datetime] = {}
        self.told: frozenset[int] = frozenset()
        """Where he writes, as it was told; a look from another thread is safe."""

    def key(self, conversation_id: int) -> None:
        """He typed something there. Told when he begins, also where he had stopped and that was not told yet."""
        now = self._clock()
        stopped = self._held_until.get(conversation_id, now) - GRACE <= now
        self._held_until[conversation_id] = now + QUIET + GRACE
        if stopped or conversation_id not in self.told:
            self.told |= {conversation_id}
            self._publish(OperatorWrites(conversation_id))

    def stop(self, conversation_id: int) -> None:
        """He emptied what he wrote, or left it."""
        if conversation_id in self._held_until:
            self._held_until[conversation_id] = self._clock() + GRACE
            self.told -= {conversation_id}
            self._publish(OperatorWrites(conversation_id))

    def settle(self, now: datetime) -> None:
        """Tell where he has stopped by typing no more."""
        for thread in sorted(self.told):
            if self._held_until.get(thread, now) - GRACE <= now:
                self.told -= {thread}
                self._publish(OperatorWrites(thread))

    def held_until(self, now: datetime) -> dict[int, datetime]:
        """By conversation, until when nothing automatic may leave there at the earliest; to be asked again by then."""
        self._held_until = {thread: until for thread, until in self._held_until.items() if until > now}
        return {thread: min(until, now + AHEAD) for thread, until in self._held_until.items()}

    def next_quiet(self, now: datetime) -> datetime | None:
        """When he will have stopped somewhere if he types no more."""
        ends = (until - GRACE for until in self._held_until.values())
        return min((end for end in ends if end > now), default=None)
