"""Tells the operator that automatic replies have returned, wherever he is in the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject

from wxdesk.core.events import Event, TakeoverEnded
from wxdesk.core.inbox import InboxRow
from wxdesk.core.model import Conversation
from wxdesk.i18n import tr
from wxdesk.ui.bridge import Bridge
from wxdesk.ui.notices import Notices
from wxdesk.ui.takeover_words import returned_words

BAR = "takeover:returned"


class TakeoverNews(QObject):
    """Says it in passing, of all that ended in one moment at once; `go_to` opens a conversation.

    While nobody is at the desk, a bar gathers what has ended and stays until somebody has read it.
    """

    def __init__(self, bridge: Bridge, notices: Notices, go_to: Callable[[int], None], parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._notices = notices
        self._go_to = go_to
        self._missed: set[int] = set()
        bridge.events.connect(self._hear)

    def _hear(self, events: Sequence[Event]) -> None:
        """Find out whose takeovers have ended."""
        ids = {event.conversation_id for event in events if isinstance(event, TakeoverEnded)}
        if not ids:
            return
        rows = self._bridge.desk.store.conversations.rows
        if self._bridge.desk.presence.now.away:
            self._missed |= ids
            self._bridge.ask(rows(frozenset(self._missed)), self._leave_word)
        else:
            self._bridge.ask(rows(ids), self._tell)

    def _tell(self, rows: list[InboxRow]) -> None:
        ended = _waiting_first(rows)
        if not ended:
            return
        words, first = returned_words(ended), ended[0]
        if not first.awaits:
            self._notices.toast(words)
        else:
            self._notices.offer(words, tr("Open"), partial(self._go_to, first.id))

    def _leave_word(self, rows: list[InboxRow]) -> None:
        ended = _waiting_first(rows)
        if ended:
            waits = ended[0].awaits
            action, then = (tr("Open"), partial(self._read, ended[0].id)) if waits else (tr("Dismiss"), self._put_away)
            self._notices.bar(BAR, returned_words(ended), tone="pending", action=action, then=then)

    def _read(self, conversation_id: int) -> None:
        self._put_away()
        self._go_to(conversation_id)

    def _put_away(self) -> None:
        self._missed.clear()
        self._notices.bar(BAR, "")


def _waiting_first(rows: Sequence[InboxRow]) -> list[Conversation]:
    return sorted((row.conversation for row in rows), key=lambda one: (not one.awaits, one.id))
