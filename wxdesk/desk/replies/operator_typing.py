"""Tracks where the operator is typing, so that held replies wait there."""

from collections.abc import Callable
from datetime import datetime, timedelta

from wxdesk.core.events import Event, EverythingChanged, OperatorWrites
from wxdesk.desk.ports import Clock

QUIET = timedelta(minutes=1)
"""Time without a key until typing counts as ended; looking up an order is shorter."""

GRACE = timedelta(seconds=5)
"""Shortest time for which replies stay held after typing has ended."""

AHEAD = timedelta(seconds=15)
"""Longest step by which a deadline moves, so that it is near once typing ends."""


class OperatorTyping:
    """Typing times by conversation, for `desk.replies.hold_timers`."""

    def __init__(self, publish: Callable[[Event], None], clock: Clock) -> None:
        self._publish = publish
        self._clock = clock
        self._held_until: dict[int, datetime] = {}
        self.told: frozenset[int] = frozenset()
        """Conversations with typing as last published; readable from any thread."""

    def key(self, conversation_id: int) -> None:
        """Note a key; publish when typing begins, also if its end was not published yet."""
        now = self._clock()
        stopped = self._held_until.get(conversation_id, now) - GRACE <= now
        self._held_until[conversation_id] = now + QUIET + GRACE
        if stopped or conversation_id not in self.told:
            self.told |= {conversation_id}
            self._publish(OperatorWrites(conversation_id, True))

    def stop(self, conversation_id: int) -> None:
        """Note that the operator has emptied the draft or left it."""
        if conversation_id in self._held_until:
            self._held_until[conversation_id] = self._clock() + GRACE
            self.told -= {conversation_id}
            self._publish(OperatorWrites(conversation_id, False))

    def publish_ends(self, now: datetime) -> None:
        """Publish the conversations in which typing has ended."""
        for conversation_id in sorted(self.told):
            if self._held_until.get(conversation_id, now) - GRACE <= now:
                self.told -= {conversation_id}
                self._publish(OperatorWrites(conversation_id, False))

    def on_event(self, event: OperatorWrites | EverythingChanged) -> None:
        """Note typing that the working server reports; none where it may have changed."""
        if isinstance(event, EverythingChanged):
            self.told = frozenset()
        elif event.writes:
            self.told |= {event.conversation_id}
        else:
            self.told -= {event.conversation_id}

    def held_until(self, now: datetime) -> dict[int, datetime]:
        """Return by conversation until when replies stay held; ask again by then."""
        self._held_until = {one: until for one, until in self._held_until.items() if until > now}
        return {one: min(until, now + AHEAD) for one, until in self._held_until.items()}

    def next_typing_end(self, now: datetime) -> datetime | None:
        """Return the next time at which typing counts as ended without another key."""
        ends = (until - GRACE for until in self._held_until.values())
        return min((end for end in ends if end > now), default=None)
