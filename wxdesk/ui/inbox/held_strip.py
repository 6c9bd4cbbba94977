"""The amber strip above the list: automatic replies that are held, how soon they leave, and what to do about them.

Folded it is one line; unfolded, a short list with each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from wxdesk.desk.inbox_reading import HeldReply, answers
from wxdesk.desk.ports import Clock
from wxdesk.i18n import ntr, tr
from wxdesk.ui.inbox.held_delegate import ROW_HEIGHT
from wxdesk.ui.inbox.held_model import HeldModel
from wxdesk.ui.inbox.held_view import HeldView
from wxdesk.ui.standing import Standstill, StandstillOf, nothing_holds, span_until
from wxdesk.ui.standstills import standstill_of_held
from wxdesk.ui.theme import Size
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.fitting_label import FittingLabel
from wxdesk.ui.widgets.icon_label import IconLabel
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.small_button import SmallButton

HEAD_HEIGHT = 32
ROWS_AT_MOST = 4


class HeldStrip(QFrame):
    """Shown only while something is held.

    Signals:
        stop_wanted, send_wanted: of all that is held.
        left: the keyboard leaves the list.
    """

    stop_wanted = Signal()
    send_wanted = Signal()
    left = Signal()

    def __init__(
        self, clock: Clock, standstill_of: StandstillOf = nothing_holds, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("class", "bar-pending")
        self._standstill_of = standstill_of
        self._first: HeldReply | None = None
        self._asking = 0
        self.model = HeldModel(clock, standstill_of, self)
        self.count = PlainLabel(size=Size.SMALL, role="pending", strong=True, tabular=True)
        self.earliest = FittingLabel(size=Size.SMALL, role="pending", elide=True, tabular=True)
        self.stop = Button(tr("Stop all"), kind=ButtonKind.LINK)
        self.send = Button(tr("Send all…"), kind=ButtonKind.LINK)
        self.unfold = SmallButton("chevron-down", tr("Show what is held (Shift+F3)"), self)
        self.fold = SmallButton("chevron-up", tr("Fold (Esc)"), self)
        self.view = HeldView(self.model)
        self.body = QWidget()
        self._arrange()
        self.stop.clicked.connect(self.stop_wanted)
        self.send.clicked.connect(self.send_wanted)
        self.unfold.clicked.connect(self.open_list)
        self.fold.clicked.connect(self.close_list)
        self.view.left.connect(self._leave)
        self.body.hide()
        self.fold.hide()
        self.hide()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 6, 0)
        head.setSpacing(4)
        head.addWidget(IconLabel("hourglass", "pending", 14))
        head.addWidget(self.count)
        head.addWidget(self.earliest, 1)
        head.addWidget(self.stop)
        head.addSpacing(4)
        head.addWidget(self.unfold)
        head.addWidget(self.fold)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 4, 12, 4)
        foot.addStretch(1)
        foot.addWidget(self.send)
        inner = QVBoxLayout(self.body)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self.view)
        inner.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 1)
        column.setSpacing(0)
        line = QWidget()
        line.setFixedHeight(HEAD_HEIGHT)
        line.setLayout(head)
        column.addWidget(line)
        column.addWidget(self.body)

    @property
    def counts(self) -> bool:
        """Whether a countdown is shown."""
        return self._first is not None and not self.isHidden()

    @property
    def unfolded(self) -> bool:
        """Whether the list is shown."""
        return not self.body.isHidden()

    def show_held(self, held: Sequence[HeldReply], now: datetime) -> None:
        """Show these: the soonest first, then those that ask."""
        self._first = next((one for one in held if one.reply.due_at is not None), None)
        rows = answers(held)
        self._asking = sum(one.reply.due_at is None for one in held)
        self.model.show(rows)
        self.count.setText(ntr("{n} reply held", "{n} replies held", len(held)))
        self.view.setMinimumHeight(ROW_HEIGHT)  # in a low window it scrolls sooner
        self.view.setMaximumHeight(ROW_HEIGHT * min(max(len(rows), 1), ROWS_AT_MOST))
        self.view.updateGeometry()
        self.setVisible(bool(held))
        if not held:
            self.close_list()
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Let the countdowns go on."""
        asks = ntr("{n} asks you", "{n} ask you", self._asking) if self._asking else ""
        brief = ntr("{n} asks", "{n} ask", self._asking) if self._asking else ""
        first = short = ""
        if self._first is not None and self._first.reply.due_at is not None:
            first = self._first_words(self._first, self._first.reply.due_at, now)
            counts_down = standstill_of_held(self._first, self._standstill_of) is Standstill.NONE
            short = tr("in {span}", span=span_until(self._first.reply.due_at, now)) if counts_down else first
        said = [_joined(first, asks), _joined(short, asks), _joined(short, brief), short or brief]
        self.earliest.show_wordings(said, cut_last=True)
        if self.unfolded:
            self.view.tick()

    def _first_words(self, first: HeldReply, due_at: datetime, now: datetime) -> str:
        match standstill_of_held(first, self._standstill_of):
            case Standstill.PAUSED:
                return tr("paused")
            case Standstill.WRITING:
                return tr("waits while you write")
            case Standstill.BEHIND:
                return tr("waits for the part before it")
            case Standstill.HANDED_OVER:
                return tr("yours in {span}", span=span_until(max(due_at, now), now))
        return tr("first in {span}", span=span_until(due_at, now))

    def toggle(self) -> None:
        """Unfold the list and give it the keyboard, or fold it."""
        if self.isHidden():
            return
        if self.unfolded:
            self._leave()
        else:
            self.open_list()
            self.view.focus_first()

    def open_list(self) -> None:
        """Show the list."""
        self._unfold(True)

    def close_list(self) -> None:
        """Show the one line only."""
        self._unfold(False)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the press, so that the release comes here too."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the line does what its arrow does."""
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and event.position().y() < HEAD_HEIGHT:
            self._unfold(not self.unfolded)

    def _leave(self) -> None:
        had_it = self.view.hasFocus()
        self.close_list()
        if had_it:
            self.left.emit()

    def _unfold(self, unfolded: bool) -> None:
        self.body.setVisible(unfolded)
        self.unfold.setVisible(not unfolded)
        self.fold.setVisible(unfolded)


def _joined(*words: str) -> str:
    return " ".join(f"· {one}" for one in words if one)
