"""Commands that start and end a takeover, also by writing and by undoing that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wxdesk.core.conversations.takeover import TakeoverDuration
from wxdesk.core.events import ConversationChanged, Event, RepliesRecalled, TakeoverChanged
from wxdesk.core.model.reply import Reply
from wxdesk.desk.ports import Clock
from wxdesk.desk.runtime.bus import publish_replies
from wxdesk.desk.settings.preferences import CurrentPreferences
from wxdesk.store import Store
from wxdesk.store.conversations.takeovers import TakeoverByWriting

OPERATOR = "operator"

_CAN_BE_UNDONE = timedelta(minutes=1)
"""Longer than any reply can be undone."""


@dataclass(frozen=True, slots=True)
class _UndoableTakeover:
    """A takeover by writing, with the id of the first message that was written."""

    reply_id: int
    at: datetime
    spoken: TakeoverByWriting


class TakeoverCommands:
    """Starts and ends takeovers; starting one stops pending automatic replies."""

    def __init__(
        self, store: Store, preferences: CurrentPreferences, publish: Callable[[Event], None], clock: Clock
    ) -> None:
        self._store = store
        self._preferences = preferences
        self._publish = publish
        self._clock = clock
        self._said: dict[int, list[_UndoableTakeover]] = {}

    async def take(self, conversation_id: int, how: TakeoverDuration) -> None:
        """Take over, for as long as `how` says, from now on."""
        until = how.ends(self._clock())
        await self._store.conversations.take_over(conversation_id, until, how.silent_seconds, by_writing=how.by_writing)
        self._silenced(
            conversation_id, await self._store.replies.cancel_leaving(conversation_id, OPERATOR, self._clock())
        )
        self._tell(conversation_id, until)

    async def give(self, conversation_id: int) -> None:
        """Hand back: rules answer again, from the next message on."""
        await self._store.conversations.hand_back(conversation_id)
        self._tell(conversation_id, None)

    async def take_over_by_writing(self, conversation_id: int) -> TakeoverByWriting | None:
        """Take over because the operator writes; None if the preferences do not want it.

        A takeover by writing is prolonged; one by choice or by a rule stays as it is. Automatic replies that would
        leave by themselves become drafts, so that none is sent after the operator's.
        """
        wanted = self._preferences.now
        if not wanted.writing_takes_over:
            return None
        span = timedelta(minutes=wanted.takeover_minutes)
        spoken = await self._store.takeovers.written(conversation_id, self._clock(), span)
        self._silenced(conversation_id, await self._store.replies.draft_leaving(conversation_id, self._clock()))
        if spoken.after != spoken.before:
            self._tell(conversation_id, spoken.after.until)
        return spoken

    def said(self, written: Sequence[Reply], spoken: TakeoverByWriting) -> None:
        """Remember the replies behind a takeover, as long as they can be undone."""
        now, thread = self._clock(), written[0].conversation_id
        old = now - _CAN_BE_UNDONE
        self._said = {
            one: fresh for one, said in self._said.items() if (fresh := [word for word in said if word.at > old])
        }
        self._said.setdefault(thread, []).append(_UndoableTakeover(written[0].id, now, spoken))

    async def undo_writing(self, undone: Sequence[Reply]) -> None:
        """Restore the takeover before these replies, unless something else has changed it."""
        thread = undone[0].conversation_id
        said = self._said.get(thread, [])
        its = next((word for word in said if word.reply_id == undone[0].id), None)
        if its is None:
            return
        before, place = its.spoken.before, said.index(its)
        earlier, later = said[:place], said[place + 1 :]
        if later:
            later[0] = replace(later[0], spoken=replace(later[0].spoken, before=before))
        self._said[thread] = earlier + later
        if not later and await self._store.takeovers.undo_takeover(thread, its.spoken):
            self._tell(thread, None if before is None else before.until)

    def _silenced(self, conversation_id: int, moved: Sequence[Reply]) -> None:
        publish_replies(self._publish, moved)
        self._publish(RepliesRecalled(conversation_id))

    def _tell(self, conversation_id: int, until: datetime | None) -> None:
        self._publish(TakeoverChanged(conversation_id, until))
        self._publish(ConversationChanged(conversation_id))
