"""The amber strip above the list: automatic replies are about to leave, and one press stops them all."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from wxdesk.core.inbox import InboxCounts
from wxdesk.i18n import ntr, tr
from wxdesk.ui.standing import span_until
from wxdesk.ui.theme import Size, Theme
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.icon_label import IconLabel
from wxdesk.ui.widgets.labels import PlainLabel


class HeldStrip(QFrame):
    """Shown only while a held reply counts down.

    Signals:
        stop_wanted: stop every automatic reply that waits.
    """

    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(32)
        self._due_at: datetime | None = None
        self.count = PlainLabel(size=Size.SMALL, role="pending", strong=True, tabular=True)
        self.earliest = PlainLabel(size=Size.SMALL, role="pending", elide=True, tabular=True)
        self.stop = Button(tr("Stop all"), kind=ButtonKind.LINK)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(4)
        row.addWidget(IconLabel("hourglass", "pending", 14))
        row.addWidget(self.count)
        row.addWidget(self.earliest, 1)
        row.addWidget(self.stop)
        self.stop.clicked.connect(self.stop_wanted)
        self.hide()

    @property
    def counts(self) -> bool:
        """Whether a countdown is shown."""
        return self._due_at is not None

    def show_counts(self, counts: InboxCounts, now: datetime) -> None:
        """Show how many conversations have a reply waiting, and when the first leaves."""
        self._due_at = counts.earliest_due_at
        self.count.setText(ntr("{n} reply waiting", "{n} replies waiting", counts.pending))
        self.setVisible(self._due_at is not None)
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Let the countdown go on."""
        if self._due_at is not None:
            self.earliest.setText(tr("· first in {span}", span=span_until(self._due_at, now)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The tint of what will happen, and a line below."""
        theme = Theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("pending_tint"))
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), theme.color("line"))
        painter.end()
