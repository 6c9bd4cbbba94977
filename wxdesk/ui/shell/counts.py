"""Counts on the rail and in the status bar, updated at most five times a second."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from wxdesk.core.events import (
    AttentionChanged,
    AttentionRaised,
    ConversationChanged,
    DecisionMade,
    Event,
    MessageKept,
    ReplyChanged,
)
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.wording.days import Days

GATHER_MS = 200
_COUNTED = (MessageKept, DecisionMade, ReplyChanged, ConversationChanged, AttentionRaised, AttentionChanged)


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
        self._asking = 0
        self._again = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._again.timeout.connect(self.ask)
        bridge.events.connect(self._hear)

    def ask(self) -> None:
        """Ask now, or soon if the last answers are still pending."""
        if self._asking:
            self._again.start()
            return
        self._asking = 3
        conversations, now = self._bridge.desk.store.conversations, self._bridge.desk.clock()
        self._bridge.ask(conversations.counts(), self._tell_inbox, self._failed)
        midnight = Days.of(self._bridge.desk.accounts.values()).midnight(now)
        self._bridge.ask(conversations.day_counts(midnight), self._tell_day, self._failed)
        self._bridge.ask(self._bridge.desk.alarms.longest_waiting(), self._tell_longest, self._failed)

    def _hear(self, events: Sequence[Event]) -> None:
        if any(isinstance(event, _COUNTED) for event in events) and not self._again.isActive():
            self._again.start()

    def _tell_inbox(self, counts: object) -> None:
        self._asking -= 1
        self.inbox.emit(counts)

    def _tell_day(self, counts: object) -> None:
        self._asking -= 1
        self.day.emit(counts)

    def _tell_longest(self, conversation: object) -> None:
        self._asking -= 1
        self.longest.emit(conversation)

    def _failed(self, error: Exception) -> None:
        self._asking -= 1
        self._bridge.failed.emit(error)
