"""Tells the operator that automatic replies have returned, wherever he is in the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject

from wxdesk.core.events import Event, TakeoverEnded
from wxdesk.core.inbox import InboxRow
from wxdesk.i18n import tr
from wxdesk.ui.bridge import Bridge
from wxdesk.ui.inbox.takeover_words import returned_words
from wxdesk.ui.notices import Notices


class TakeoverNews(QObject):
    """Says it in passing, of all that ended in one moment at once; `go_to` opens a conversation."""

    def __init__(self, bridge: Bridge, notices: Notices, go_to: Callable[[int], None], parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._notices = notices
        self._go_to = go_to
        bridge.events.connect(self._hear)

    def _hear(self, events: Sequence[Event]) -> None:
        """Find out whose takeovers have ended."""
        ids = {event.conversation_id for event in events if isinstance(event, TakeoverEnded)}
        if ids:
            self._bridge.ask(self._bridge.desk.store.conversations.rows(ids), self._tell)

    def _tell(self, rows: list[InboxRow]) -> None:
        ended = sorted((row.conversation for row in rows), key=lambda one: (one.waiting_since is None, one.id))
        if not ended:
            return
        words, first = returned_words(ended), ended[0]
        if first.waiting_since is None:
            self._notices.toast(words)
        else:
            self._notices.offer(words, tr("Open"), partial(self._go_to, first.id))
