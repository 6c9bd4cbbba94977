"""Figures of the status bar, updated at most five times a second."""

from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

from wxdesk.core.conversations.listing import DayCounts
from wxdesk.core.events import (
    AttentionChanged,
    AttentionRaised,
    CaughtUp,
    ConversationChanged,
    DecisionMade,
    MessageKept,
    ReplyChanged,
)
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.refresher import Refresher
from wxdesk.ui.wording.days import Days

GATHER_MS = 200
_COUNTED = (
    MessageKept, DecisionMade, ReplyChanged, ConversationChanged, AttentionRaised, AttentionChanged, CaughtUp
)  # fmt: skip


class CountsFeed(QObject):
    """Asks the desk for the figures of the day.

    Signals:
        day: `DayCounts` of today, see `ui.wording.days`.
        longest: the `Conversation` whose contact waits longest, None if nobody waits.
    """

    day = Signal(object)
    longest = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        desk = bridge.desk
        self._questions: tuple[Refresher[Any], ...] = (
            Refresher(bridge, self._day, self.day.emit, self, gather_ms=GATHER_MS),
            Refresher(bridge, desk.attention.longest_waiting, self.longest.emit, self, gather_ms=GATHER_MS),
        )
        for question in self._questions:
            bridge.follow(self, question.ask_soon, *_COUNTED)

    def ask(self) -> None:
        """Ask now, or soon after the answers that are still awaited."""
        for question in self._questions:
            question.ask()

    def _day(self) -> Coroutine[Any, Any, DayCounts]:
        midnight = Days.of(self._bridge.desk.accounts.values()).midnight(self._bridge.desk.clock())
        return self._bridge.desk.inbox.day_counts(midnight)
