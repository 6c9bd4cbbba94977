"""Loads the held replies for the strip, the keys and the dialog after a pause."""

from collections.abc import Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from wxdesk.core.events import CaughtUp, ConversationChanged, Event, PauseChanged, ReplyChanged
from wxdesk.desk.conversations.inbox_queries import HeldReply
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.refresher import Refresher

_TOUCHING = (ReplyChanged, ConversationChanged, PauseChanged, CaughtUp)


class HeldRepliesFeed(QObject):
    """Reads again after events that may change them, once for all events of a moment.

    Signals:
        read: `held` has the new held replies.
    """

    read = Signal()

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._refresher = Refresher(bridge, self._question, self.take, self)
        self.held: tuple[HeldReply, ...] = ()
        bridge.events.connect(self._hear)

    def asking(self) -> tuple[HeldReply, ...]:
        """Return those without a due time, which wait for the operator."""
        return tuple(one for one in self.held if one.reply.due_at is None)

    def load(self) -> None:
        """Read now, or once more after a read that is under way."""
        self._refresher.ask()

    def _question(self) -> Coroutine[Any, Any, tuple[HeldReply, ...]]:
        return self._bridge.desk.inbox.held_replies()

    def _hear(self, events: Sequence[Event]) -> None:
        if any(isinstance(event, _TOUCHING) for event in events):
            self.load()

    def take(self, held: tuple[HeldReply, ...]) -> None:
        """Use these held replies."""
        self.held = held
        self.read.emit()
