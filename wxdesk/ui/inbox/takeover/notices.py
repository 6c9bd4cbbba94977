"""Notices that automatic replies are about to return, or have returned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import QObject, Signal

from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.conversations.takeover import ends_soon, extended_duration
from wxdesk.core.events import Event, TakeoverEnded, TakeoverEnding
from wxdesk.core.model.conversation import Conversation
from wxdesk.i18n import tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import OFFER_MS, Notices
from wxdesk.ui.wording.takeover import extend_takeovers_text, takeovers_ended_text, takeovers_ending_text

BAR = "takeover:returned"
STANDS = timedelta(milliseconds=OFFER_MS)


class TakeoverNotices(QObject):
    """Shows one toast for all takeovers of a moment.

    A takeover about to end can be extended there; the conversation `in_sight` has its own bar. While the
    operator is away, a bar collects the ended ones until it is read.

    Signals:
        wanted: the id of a conversation that the operator wants to see.
    """

    wanted = Signal(int)

    def __init__(self, bridge: Bridge, notices: Notices, in_sight: Callable[[], int | None], parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._notices = notices
        self._in_sight = in_sight
        self._missed: set[int] = set()
        self._told: dict[int, datetime] = {}
        bridge.events.connect(self._hear)

    def _hear(self, events: Sequence[Event]) -> None:
        """Read the conversations whose takeovers are about to end or have ended."""
        rows, away = self._bridge.desk.inbox.rows, self._bridge.desk.presence.now.away
        ending = {event.conversation_id for event in events if isinstance(event, TakeoverEnding)}
        ending.discard(self._in_sight() or 0)
        if ending and not away:  # else a notice on the desktop tells it
            self._bridge.ask(rows(self._with_those_told_just_now(ending)), self._announce)
        ids = {event.conversation_id for event in events if isinstance(event, TakeoverEnded)}
        if not ids:
            return
        if away:
            self._missed |= ids
            self._bridge.ask(rows(frozenset(self._missed)), self._leave_word)
        else:
            self._bridge.ask(rows(ids), self._tell)

    def _with_those_told_just_now(self, ending: set[int]) -> frozenset[int]:
        """Add those of the toast still shown, which the next toast replaces."""
        now = self._bridge.desk.clock()
        self._told = {one: at for one, at in self._told.items() if now - at < STANDS} | dict.fromkeys(ending, now)
        return frozenset(self._told)

    def _announce(self, rows: list[InboxRow]) -> None:
        now = self._bridge.desk.clock()
        conversations = (row.conversation for row in rows if ends_soon(row.conversation, now))
        ending = sorted(conversations, key=lambda one: (one.taken_over_until or now, one.id))
        if ending:
            words = takeovers_ending_text(ending, now)
            self._notices.offer(words, extend_takeovers_text(ending, self._span()), partial(self._keep, ending))

    def _keep(self, ending: Sequence[Conversation]) -> None:
        for conversation in ending:
            how = extended_duration(conversation, self._span())
            self._bridge.ask(self._bridge.desk.conversations.take_over(conversation.id, how))

    def _span(self) -> timedelta:
        return timedelta(minutes=self._bridge.desk.preferences.now.takeover_minutes)

    def _tell(self, rows: list[InboxRow]) -> None:
        ended = _waiting_first(rows)
        if not ended:
            return
        words, first = takeovers_ended_text(ended), ended[0]
        if not first.awaits_answer:
            self._notices.toast(words)
        else:
            self._notices.offer(words, tr("Open"), partial(self.wanted.emit, first.id))

    def _leave_word(self, rows: list[InboxRow]) -> None:
        ended = _waiting_first(rows)
        if ended:
            waits = ended[0].awaits_answer
            action, then = (tr("Open"), partial(self._read, ended[0].id)) if waits else (tr("Dismiss"), self._put_away)
            self._notices.bar(BAR, takeovers_ended_text(ended), tone="pending", action=action, then=then)

    def _read(self, conversation_id: int) -> None:
        self._put_away()
        self.wanted.emit(conversation_id)

    def _put_away(self) -> None:
        self._missed.clear()
        self._notices.bar(BAR, "")


def _waiting_first(rows: Sequence[InboxRow]) -> list[Conversation]:
    return sorted((row.conversation for row in rows), key=lambda one: (not one.awaits_answer, one.id))
