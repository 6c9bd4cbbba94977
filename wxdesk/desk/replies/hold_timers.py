"""Releases held replies in time, or asks the operator about them; pauses all.

The outbox calls `release_due` before it sends, and again at the time that it returned; so everything here keeps to
one clock.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from msgspec import Struct

from wxdesk.core.events import Event, OperatorCalled
from wxdesk.core.model.reply import Reply
from wxdesk.core.preferences import LastMoment
from wxdesk.core.replies.lifecycle import is_expired
from wxdesk.desk.ports import Clock
from wxdesk.desk.replies.operator_typing import OperatorTyping
from wxdesk.desk.runtime.bus import publish_replies
from wxdesk.desk.runtime.decision_lock import DecisionLock
from wxdesk.desk.settings.pause import Pause
from wxdesk.desk.settings.preferences import CurrentPreferences
from wxdesk.store import Store
from wxdesk.store.replies.pending.timers import TimerTerms


class HoldTimers(Struct, frozen=True):
    """Replies that are held, and the pause that holds all of them."""

    _store: Store
    _preferences: CurrentPreferences
    _pause: Pause
    _operator_typing: OperatorTyping
    _decision_lock: DecisionLock
    _publish: Callable[[Event], None]
    _clock: Clock

    async def recover(self) -> None:
        """Ask about replies held at the last exit."""
        now = self._clock()
        held = await self._store.pending_replies.hold_after_restart(now, now - self._late_after)
        publish_replies(self._publish, held)

    async def release_due(self, now: datetime) -> datetime | None:
        """Release what was held until `now`; return when to look again, None for never."""
        await self._pause.begin_again(now)
        if self._pause.until is not None and self._pause.until <= now:
            await self.resume()
        self._operator_typing.publish_ends(now)
        by_hand = self._pause.on
        hands_over = self._preferences.now.last_moment is LastMoment.HAND_OVER
        held_until = self._operator_typing.held_until(now)
        terms = TimerTerms(by_hand, hands_over, held_until, now - self._late_after)
        tended = await self._store.pending_replies.run_timers(now, terms)
        publish_replies(self._publish, [*tended.moved, *tended.handed_over])
        for reply in tended.handed_over:
            self._publish(OperatorCalled(reply.conversation_id, reply.rule_name))
        wake = await self._store.pending_replies.next_wake(now, only_by_hand=by_hand)
        times = (wake, self._pause.until, self._operator_typing.next_typing_end(now))
        return min((time for time in times if time is not None), default=None)

    async def release_undoable(self) -> list[int]:
        """Send replies that could still be undone, because of the exit; return their ids."""
        hurried = await self._store.pending_replies.release_undoable(self._clock())
        publish_replies(self._publish, hurried)
        return [reply.id for reply in hurried]

    async def hold_back(self, ids: Collection[int]) -> None:
        """Hold those of these replies that did not leave, to be asked about at next start."""
        publish_replies(self._publish, await self._store.pending_replies.hold_back(ids, self._clock()))

    def is_late(self, reply: Reply, now: datetime) -> bool:
        """Return True if `reply` is too late to be sent without an operator."""
        return is_expired(reply, now, self._late_after)

    async def resume(self) -> None:
        """End the pause, and hold what waited until an operator decides on it."""
        await self._pause.end(self._hold_what_waited)

    async def _hold_what_waited(self) -> None:
        await self._decision_lock.wait_for_stored()
        publish_replies(self._publish, await self._store.pending_replies.hold_after_pause(self._clock()))

    @property
    def _late_after(self) -> timedelta:
        return self._preferences.now.late_after
