"""Announces takeovers that are about to end or have ended by themselves.

The clock alone decides who answers (`core.replies.lifecycle.is_taken_over`). This module changes one thing
about it: while the operator is typing in a conversation, the end is postponed.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from wxdesk.core.conversations.takeover import LONGEST, SOON
from wxdesk.core.events import ConversationChanged, Event, TakeoverChanged, TakeoverEnded, TakeoverEnding
from wxdesk.desk.ports import Clock
from wxdesk.desk.replies.operator_typing import GRACE, OperatorTyping
from wxdesk.desk.runtime.timers import keep_looking
from wxdesk.store.conversations.takeovers import TakeoverStore
from wxdesk.store.settings import Settings

KEY = "takeovers_told"


@dataclass(eq=False, repr=False)
class TakeoverExpiry:
    """Publishes `TakeoverEnding` and `TakeoverEnded`, each once for each end.

    An end too far off, as of a clock that ran ahead, has come. Messages may postpone an end without notice, so each
    end is looked up before it is announced. None comes before the operator has stopped typing there, as for held
    replies (`desk.replies.operator_typing`).

    A takeover without an end gets one when the operator hands all of them back, or at the time from
    `returns_at`: when nobody has been at the desk for as long as the operator wants.
    """

    _takeovers: TakeoverStore
    _settings: Settings
    _operator_typing: OperatorTyping
    _returns_at: Callable[[], datetime | None]
    _publish: Callable[[Event], None]
    _clock: Clock

    def __post_init__(self) -> None:
        self.endless = self._takeovers.endless
        self._returned_at: datetime | None = None
        self._ends: dict[int, datetime] = {}
        self._warned: dict[int, datetime] = {}
        self._awake = asyncio.Event()
        self.check_again = self._awake.set

    def on_event(self, event: Event) -> None:
        """React to takeovers, presence, preferences and typing; subscribed to the bus."""
        if isinstance(event, TakeoverChanged):
            self._forget(event.conversation_id)
            if event.until is not None:
                self._ends[event.conversation_id] = event.until
        self.check_again()

    async def hand_back_endless(self) -> None:
        """End all those takeovers as if their time were over; contacts go on waiting."""
        for conversation in await self._takeovers.end_open_ended(self._clock()):
            self._publish(TakeoverChanged(conversation.id, conversation.taken_over_until))

    async def load(self) -> None:
        """Find ends to come, and those that came while the program was closed."""
        told = await self._settings.get(KEY)
        if not told:
            told = self._clock().isoformat()
            await self._settings.set(KEY, told)
        for conversation in await self._takeovers.ending(min(datetime.fromisoformat(told), self._clock())):
            if conversation.taken_over_until is not None:
                self._ends[conversation.id] = conversation.taken_over_until

    async def run(self) -> None:
        """Announce ends, until cancelled."""
        await keep_looking(self._end_due, self._awake, self._clock)

    async def _end_due(self) -> datetime | None:
        """Announce what is due now; return when to check again."""
        now, returns_at = self._clock(), self._returns_at()
        if returns_at is not None and returns_at <= now and returns_at != self._returned_at:
            self._returned_at = returns_at  # once an absence: what is taken over later has not been left behind
            await self.hand_back_endless()
        for conversation_id, until in sorted(self._ends.items(), key=itemgetter(1)):
            if until > now + LONGEST and await self._takeovers.postpone_end(conversation_id, until, now):
                self._ends[conversation_id] = now
                await self._look_at(conversation_id, now, now)
            elif until - SOON <= now:
                await self._look_at(conversation_id, until, now)
        moments = [self._next_look(one, end, now) for one, end in self._ends.items()]
        if returns_at is not None and returns_at > now:
            moments.append(returns_at)
        return min(moments, default=None)

    def _next_look(self, conversation_id: int, end: datetime, now: datetime) -> datetime:
        """Return when to check again, also when typing that postpones the end may be over."""
        if conversation_id not in self._warned:
            return end - SOON
        quiet = end - GRACE
        return quiet if quiet > now and conversation_id in self._operator_typing.held_until(now) else end

    async def _look_at(self, conversation_id: int, known: datetime, now: datetime) -> None:
        until = await self._takeovers.end_of(conversation_id)
        if self._ends.get(conversation_id) != known:  # told otherwise meanwhile: handed back, or taken over anew
            return
        if until is None:
            self._forget(conversation_id)
        elif until <= now:
            await self._end(conversation_id, now)
        else:
            self._ends[conversation_id] = until
            self._warn(conversation_id, until, now)
            await self._put_off(conversation_id, until, now)

    async def _put_off(self, conversation_id: int, until: datetime, now: datetime) -> None:
        """Postpone the end until the operator stops typing; it is announced already."""
        later = self._operator_typing.held_until(now).get(conversation_id, until)
        if later <= until or not await self._takeovers.postpone_end(conversation_id, until, later):
            return
        if self._ends.get(conversation_id) == until:
            self._ends[conversation_id] = self._warned[conversation_id] = later
        self._publish(ConversationChanged(conversation_id))

    def _warn(self, conversation_id: int, until: datetime, now: datetime) -> None:
        if until - SOON > now:
            self._warned.pop(conversation_id, None)
        elif self._warned.get(conversation_id) != until:
            self._warned[conversation_id] = until
            self._publish(TakeoverEnding(conversation_id, until))

    async def _end(self, conversation_id: int, now: datetime) -> None:
        ended = await self._takeovers.end(conversation_id, now)
        if ended is None or ended.taken_over_until is None:  # kept, or handed back, while this was asked
            return
        self._forget(conversation_id)
        await self._settings.set(KEY, ended.taken_over_until.isoformat())
        self._publish(TakeoverEnded(conversation_id, ended.taken_over_until, ended.awaits_answer))
        self._publish(ConversationChanged(conversation_id))

    def _forget(self, conversation_id: int) -> None:
        self._ends.pop(conversation_id, None)
        self._warned.pop(conversation_id, None)
