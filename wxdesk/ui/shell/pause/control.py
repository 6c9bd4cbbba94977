"""Pauses and resumes automatic replies, then asks about those that waited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.events import Event, PauseChanged
from wxdesk.desk.conversations.inbox_queries import HeldReply
from wxdesk.i18n import ntr, tr
from wxdesk.ui.inbox.held_replies.after_pause_dialog import AfterPauseDialog
from wxdesk.ui.inbox.held_replies.control import HeldRepliesControl
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import Notices

BAR = "held:asking"


class PauseControl(QObject):
    """Pauses and resumes; asks about replies that waited, or leaves a bar for them.

    Signals:
        asks: a question is shown; the window has to be visible for it.
    """

    asks = Signal()

    def __init__(self, bridge: Bridge, notices: Notices, held: HeldRepliesControl, window: QWidget) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._notices = notices
        self._held = held
        self._window = window
        self._resuming = False
        bridge.events.connect(self._hear)
        held.feed.read.connect(self._put_away)

    @property
    def paused(self) -> bool:
        """True while all automatic replies are paused."""
        return self._bridge.desk.health.state.paused

    def begin(self) -> None:
        """Show replies from an earlier run that need a decision."""
        work = self._bridge.desk.inbox.held_replies()
        self._bridge.ask(work, partial(self._tell, by_hand=False))

    def toggle(self) -> None:
        """Pause all automatic replies, or resume them."""
        if self.paused:
            self.resume()
        else:
            self.pause(None)

    def pause(self, until: datetime | None) -> None:
        """Pause until then, or until resumed; changes the end of a running pause."""
        self._bridge.ask(self._bridge.desk.outbox.pause(until))

    def resume(self) -> None:
        """Resume automatic replies, and ask about those that waited."""
        self._resuming = True
        self._bridge.ask(self._bridge.desk.outbox.resume(), failed=self._not_resumed)

    def _not_resumed(self, error: Exception) -> None:
        self._resuming = False
        self._notices.report(error)

    def _hear(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, PauseChanged) and not event.paused:
                by_hand, self._resuming = self._resuming, False
                work = self._bridge.desk.inbox.held_replies()
                self._bridge.ask(work, partial(self._tell, by_hand=by_hand))

    def _tell(self, held: tuple[HeldReply, ...], *, by_hand: bool) -> None:
        self._held.feed.take(held)
        asking = len(self._held.feed.asking())
        if asking and by_hand:
            self.decide()
        elif asking:
            words = ntr("{n} reply waited and asks you", "{n} replies waited and ask you", asking)
            text = tr("{words}. None leaves by itself.", words=words)
            self._notices.bar(BAR, text, tone="pending", action=tr("Decide…"), then=self.decide)

    def decide(self) -> None:
        """Ask the operator about the replies that waited."""
        self._notices.bar(BAR, "")
        asked = any(panel.isVisible() for panel in self._window.findChildren(AfterPauseDialog))
        if self._held.feed.asking() and not asked:
            self.asks.emit()
            panel = AfterPauseDialog(self._held.feed, self._held.deciding, self._bridge.desk.clock, self._window)
            panel.picked.connect(self._held.go_to)
            panel.open()

    def _put_away(self) -> None:
        if not self._held.feed.asking():
            self._notices.bar(BAR, "")
