"""Keeps the held replies up to date for the strip, the keys, and the panel after a pause: one question for all."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from wxdesk.core.events import ConversationChanged, Event, PauseChanged, ReplyChanged
from wxdesk.desk.conversations import inbox_queries as inbox_reading
from wxdesk.desk.conversations.inbox_queries import HeldReply
from wxdesk.ui.runtime.bridge import Bridge

_TOUCHING = (ReplyChanged, ConversationChanged, PauseChanged)


class HeldFeed(QObject):
    """Reads again whatever events may have changed; many events of one moment make one question.

    Signals:
        read: the held replies are known anew; they are in `held`.
    """

    read = Signal()

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._asking = False
        self._again = False
        self.held: tuple[HeldReply, ...] = ()
        bridge.events.connect(self._hear)

    def asking(self) -> tuple[HeldReply, ...]:
        """Those that have no time and wait for their human."""
        return tuple(one for one in self.held if one.reply.due_at is None)

    def load(self) -> None:
        """Read now; while an answer is awaited, once more after it."""
        if self._asking:
            self._again = True
            return
        self._asking = True
        self._bridge.ask(inbox_reading.held(self._bridge.desk.store), self._show, self._failed)

    def _hear(self, events: Sequence[Event]) -> None:
        if any(isinstance(event, _TOUCHING) for event in events):
            self.load()

    def take(self, held: tuple[HeldReply, ...]) -> None:
        """These are the ones now."""
        self.held = held
        self.read.emit()

    def _show(self, held: tuple[HeldReply, ...]) -> None:
        self._asking = False
        self.take(held)
        if self._again:
            self._again = False
            self.load()

    def _failed(self, error: Exception) -> None:
        self._asking = self._again = False
        self._bridge.failed.emit(error)
