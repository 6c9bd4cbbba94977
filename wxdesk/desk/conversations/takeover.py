"""Who has the word in a conversation: a human takes it, also by writing, until he hands it back or his time is over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wxdesk.core.conversations.takeover import TakeOverFor
from wxdesk.core.events import ConversationChanged, Event, RepliesRecalled, ReplyChanged, TakeoverChanged
from wxdesk.core.model.reply import Reply
from wxdesk.desk.ports.store import Clock, Store
from wxdesk.desk.ports.takeovers import Spoken
from wxdesk.desk.settings.preferences import KeptPreferences

OPERATOR = "operator"

_CAN_BE_UNDONE = timedelta(minutes=1)
"""Longer than any word can be taken back."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What was written, by the id of its first message, and what that did."""

    reply_id: int
    at: datetime
    spoken: Spoken


class Word:
    """Gives it to the human, who stops thereby what is automatic, and back to the rules."""

    def __init__(
        self, store: Store, preferences: KeptPreferences, publish: Callable[[Event], None], clock: Clock
    ) -> None:
        self._store = store
        self._preferences = preferences
        self._publish = publish
        self._clock = clock
        self._said: dict[int, list[_Said]] = {}

    async def take(self, conversation_id: int, how: TakeOverFor) -> None:
        """He has it for as long as `how` says, from now on."""
        until = how.ends(self._clock())
        await self._store.conversations.take_over(conversation_id, until, how.silent_seconds, by_writing=how.by_writing)
        self._silenced(
            conversation_id, await self._store.replies.cancel_leaving(conversation_id, OPERATOR, self._clock())
        )
        self._tell(conversation_id, until)

    async def give(self, conversation_id: int) -> None:
        """The rules have it again, from the next message on."""
        await self._store.conversations.hand_back(conversation_id)
        self._tell(conversation_id, None)

    async def take_by_writing(self, conversation_id: int) -> Spoken | None:
        """Whoever writes has it for a while, if he wants that; None if he does not.

        Where he has it by writing already, he keeps it so much longer; what he has chosen stays as it is. Where it is a
        rule's takeover that counts, what the rule says beside it may wait still, and is not said after him.
        """
        wanted = self._preferences.now
        if not wanted.writing_takes_over:
            return None
        span = timedelta(minutes=wanted.takeover_minutes)
        spoken = await self._store.takeovers.written(conversation_id, self._clock(), span)
        self._silenced(conversation_id, await self._store.replies.keep_leaving(conversation_id, self._clock()))
        if spoken.after != spoken.before:
            self._tell(conversation_id, spoken.after.until)
        return spoken

    def said(self, written: Sequence[Reply], spoken: Spoken) -> None:
        """Remember by which messages he has taken it, for as long as they can be taken back."""
        now, thread = self._clock(), written[0].conversation_id
        old = now - _CAN_BE_UNDONE
        self._said = {
            one: fresh for one, said in self._said.items() if (fresh := [word for word in said if word.at > old])
        }
        self._said.setdefault(thread, []).append(_Said(written[0].id, now, spoken))

    async def unsay(self, undone: Sequence[Reply]) -> None:
        """He has taken these messages back: unless he has said more since, or taken it otherwise, he has it no longer.

        Then it is as it was before them.
        """
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
        if not later and await self._store.takeovers.give_back(thread, its.spoken):
            self._tell(thread, None if before is None else before.until)

    def _silenced(self, conversation_id: int, moved: Sequence[Reply]) -> None:
        for reply in moved:
            self._publish(ReplyChanged(reply.conversation_id, reply.id, reply.state))
        self._publish(RepliesRecalled(conversation_id))

    def _tell(self, conversation_id: int, until: datetime | None) -> None:
        self._publish(TakeoverChanged(conversation_id, until))
        self._publish(ConversationChanged(conversation_id))
