"""Which notices stand on the desktop: who calls, and what is about to leave while nobody looks at the window."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from functools import partial

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from wxdesk.core.calls import Call, Cause
from wxdesk.core.events import (
    CallRaised,
    CallsChanged,
    Event,
    PresenceChanged,
    TakeoverChanged,
    TakeoverEnded,
    TakeoverEnding,
)
from wxdesk.core.inbox import InboxRow
from wxdesk.core.model import Message
from wxdesk.desk import inbox_reading
from wxdesk.desk.inbox_reading import HeldReply
from wxdesk.ui.alerts.notice import Notice, Notifier, Topic, held_notice_of, notice_key, notice_of, return_notice
from wxdesk.ui.alerts.notice_answers import NoticeAnswers
from wxdesk.ui.bridge import Bridge
from wxdesk.ui.conversation_words import standstill_of_row
from wxdesk.ui.main_window import MainWindow
from wxdesk.ui.standstills import standstill_of_held

MOST_NOTICES = 3
"""Of calls of one moment, and of held replies at any time; more than that nobody reads, and the window has them all."""

_RETURNS = (TakeoverEnding, TakeoverEnded)

_LEFT = frozenset({QEvent.Type.WindowDeactivate, QEvent.Type.WindowActivate, QEvent.Type.Hide})


class NoticeBoard(QObject):
    """Shows each matter once, and takes it away when it is over."""

    def __init__(self, bridge: Bridge, window: MainWindow, notifier: Notifier, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._window = window
        self._notifier = notifier
        self._answers = NoticeAnswers(bridge, window, self)
        self._feed = window.inbox.held.feed
        self._standstills = window.inbox.session.standstills
        self._calls: set[int] = set()
        self._held: dict[int, Notice] = {}
        bridge.events.connect(self._hear)
        self._feed.read.connect(self._follow_held)
        self._standstills.changed.connect(self._follow_held)
        self._soon = QTimer(self, singleShot=True, interval=0)  # between two windows of the program nobody has left
        self._soon.timeout.connect(self._follow_held)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The operator has left the window, or come back."""
        if event.type() in _LEFT:
            self._soon.start()
        return super().eventFilter(watched, event)

    def _hear(self, events: Sequence[Event]) -> None:
        if any(isinstance(event, CallsChanged) for event in events):
            self._withdraw_ended()
        if any(isinstance(event, PresenceChanged) for event in events):
            self._soon.start()
        for event in events:
            if isinstance(event, TakeoverChanged):
                self._notifier.withdraw(notice_key(Topic.RETURN, event.conversation_id))
        raised = defaultdict[int, set[Cause]](set)
        for event in events:
            if isinstance(event, CallRaised) and _is_call(event.cause):
                raised[event.conversation_id].add(event.cause)
        self._tell_of_calls(raised)
        self._tell_of_returns({event.conversation_id for event in events if isinstance(event, _RETURNS)})

    def _tell_of_calls(self, raised: dict[int, set[Cause]]) -> None:
        """Tell who calls, unless the operator is there and has it before his eyes."""
        desk = self._bridge.desk
        if self._window.isActiveWindow() and not desk.presence.now.away:
            raised.pop(self._window.open_conversation_id or 0, None)
        if raised and desk.preferences.now.notifications:
            self._bridge.ask(desk.store.conversations.rows(raised.keys()), partial(self._find_callers, raised))

    def _tell_of_returns(self, returning: set[int]) -> None:
        """Tell what the window says of takeovers, while nobody looks at it."""
        desk = self._bridge.desk
        looks = QApplication.activeWindow() is not None and not desk.presence.now.away
        if returning and not looks and desk.preferences.now.notifications:
            self._bridge.ask(desk.store.conversations.rows(returning), self._show_returns)

    def _show_returns(self, rows: Sequence[InboxRow]) -> None:
        for row in rows[:MOST_NOTICES]:
            notice = return_notice(row.conversation, self._bridge.desk.clock())
            self._notifier.show(notice, self._answers.give)

    def _find_callers(self, raised: Mapping[int, Set[Cause]], rows: Sequence[InboxRow]) -> None:
        """Ask what those wrote who still call for what was raised."""
        store = self._bridge.desk.store
        calls = {row.conversation.id: _unseen(row, raised[row.conversation.id]) for row in rows}
        for row in [row for row in rows if calls[row.conversation.id]][:MOST_NOTICES]:
            about = row.conversation.id
            self._calls.add(about)
            self._bridge.ask(inbox_reading.last_written(store, about), partial(self._show_call, row, calls[about]))

    def _show_call(self, row: InboxRow, calls: Sequence[Call], said: Message | None) -> None:
        desk = self._bridge.desk
        if row.conversation.id not in self._calls:
            return  # somebody has looked meanwhile
        with_text, stands = desk.preferences.now.notifications_show_text, standstill_of_row(row, self._standstills.of)
        self._notifier.show(notice_of(row, calls, said, desk.clock(), stands, with_text=with_text), self._answers.give)

    def _withdraw_ended(self) -> None:
        unseen = self._bridge.desk.alarms.state.unseen
        calling = {call.conversation_id for call in unseen if _is_call(call.cause)}
        for conversation_id in self._calls - calling:
            self._notifier.withdraw(notice_key(Topic.CALL, conversation_id))
        self._calls &= calling

    def _follow_held(self) -> None:
        """Take away what is settled or was changed, then tell the soonest of what was not told yet.

        Also what came while the operator looked at the window, once he has left it.
        """
        told = self._bridge.desk.preferences.now
        wanted: dict[int, Notice] = {}
        for held in self._feed.held:
            notice = self._notice_of(held, with_text=told.notifications_show_text)
            if notice is not None:
                wanted[held.reply.id] = notice
        for reply_id, notice in tuple(self._held.items()):
            if wanted.get(reply_id) != notice:
                del self._held[reply_id]
                self._notifier.withdraw(notice.key)
        looks = QApplication.activeWindow() is not None and not self._bridge.desk.presence.now.away
        if looks or not told.notifications:
            return
        for reply_id, notice in wanted.items():
            if len(self._held) < MOST_NOTICES and reply_id not in self._held:
                self._held[reply_id] = notice
                self._notifier.show(notice, self._answers.give)

    def _notice_of(self, held: HeldReply, *, with_text: bool) -> Notice | None:
        if held.reply.due_at is None:
            return None
        stands = standstill_of_held(held, self._standstills.of)
        return held_notice_of(held, held.reply.due_at, stands, with_text=with_text)


def _is_call(cause: Cause) -> bool:
    """What is held has notices of its own."""
    return cause is not Cause.HELD


def _unseen(row: InboxRow, causes: Set[Cause]) -> tuple[Call, ...]:
    return tuple(call for call in row.calls if call.cause in causes and not call.seen)
