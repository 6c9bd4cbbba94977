"""Counts on the rail and in the status bar, updated at most five times a second."""

from collections.abc import Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from wxdesk.core.conversations.listing import DayCounts, InboxCounts
from wxdesk.core.events import (
    AttentionChanged,
    AttentionRaised,
    CaughtUp,
    ConversationChanged,
    DecisionMade,
    Event,
    MessageKept,
    ReplyChanged,
)
from wxdesk.core.model.conversation import Conversation
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.refresher import Refresher
from wxdesk.ui.wording.days import Days

GATHER_MS = 200
_COUNTED = (
    MessageKept, DecisionMade, ReplyChanged, ConversationChanged, AttentionRaised, AttentionChanged, CaughtUp
)  # fmt: skip


class CountsFeed(QObject):
    """Asks the store for its counts.

    Signals:
        inbox: `InboxCounts` of this moment.
        day: `DayCounts` of today, see `ui.wording.days`.
        longest: the `Conversation` whose contact waits longest, None if nobody waits.
    """

    inbox = Signal(object)
    day = Signal(object)
    longest = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._questions: tuple[Refresher[Any], ...] = (
            Refresher(bridge, self._inbox, self.inbox.emit, self, gather_ms=GATHER_MS),
            Refresher(bridge, self._day, self.day.emit, self, gather_ms=GATHER_MS),
            Refresher(bridge, self._longest, self.longest.emit, self, gather_ms=GATHER_MS),
        )
        bridge.events.connect(self._hear)

    def ask(self) -> None:
        """Ask now, or soon after the answers that are still awaited."""
        for question in self._questions:
            question.ask()

    def _hear(self, events: Sequence[Event]) -> None:
        if any(isinstance(event, _COUNTED) for event in events):
            for question in self._questions:
                question.ask_soon()

    def _inbox(self) -> Coroutine[Any, Any, InboxCounts]:
        return self._bridge.desk.inbox.counts()

    def _day(self) -> Coroutine[Any, Any, DayCounts]:
        midnight = Days.of(self._bridge.desk.accounts.values()).midnight(self._bridge.desk.clock())
        return self._bridge.desk.inbox.day_counts(midnight)

    def _longest(self) -> Coroutine[Any, Any, Conversation | None]:
        return self._bridge.desk.attention.longest_waiting()
