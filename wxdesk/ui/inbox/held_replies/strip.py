"""Amber strip above the list: held replies, their countdown and commands.

Folded it is one line; unfolded it lists each of them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from wxdesk.desk.conversations.inbox_queries import HeldReply, one_per_answer
from wxdesk.desk.ports import Clock
from wxdesk.i18n import ntr, tr
from wxdesk.ui.inbox.held_replies.view import HeldModel, HeldView, held_text
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import STRETCH, Frame, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind, SmallButton
from wxdesk.ui.widgets.fitting_label import FittingLabel, Shrinkable, shrink_steps
from wxdesk.ui.widgets.labels import IconLabel, announce
from wxdesk.ui.wording.messages import name_of
from wxdesk.ui.wording.reply_status import FindHoldReason, HoldReason, span_until

HEAD_HEIGHT = 32
GAP = 4
_MARGINS = 14
ABOUT_TO_LEAVE = timedelta(seconds=10)


class HeldStrip(Frame):
    """Shown only while replies are held.

    Signals:
        left: the focus leaves the list.
    """

    left = Signal()

    def __init__(self, clock: Clock, hold_reason_of: FindHoldReason) -> None:
        super().__init__("bar-pending")
        self._first: HeldReply | None = None
        self._asking = self._announced = 0
        self.model = HeldModel(clock, hold_reason_of, self)
        self.count = FittingLabel(size=Size.SMALL, role="pending", strong=True, elide=True, tabular=True)
        self.earliest = FittingLabel(size=Size.SMALL, role="pending", elide=True, tabular=True)
        self.stop = Button(tr("Stop all"), kind=ButtonKind.LINK)
        self.send = Button(tr("Send all…"), kind=ButtonKind.LINK)
        self.send_below = Button(tr("Send all…"), kind=ButtonKind.LINK)
        self._icon = IconLabel("hourglass", "pending", 14)
        unfold, fold = partial(self.show_list, True), partial(self.show_list, False)
        self.unfold = SmallButton("chevron-down", tr("Show what is held (Shift+F3)"), self, then=unfold)
        self.fold = SmallButton("chevron-up", tr("Fold (Esc)"), self, then=fold)
        self.view = HeldView(self.model)
        self.head = QWidget()
        self.body = QWidget()
        self.foot = QWidget()
        self._arrange()
        self.view.left.connect(self._leave)
        self.body.hide()
        self.fold.hide()
        self.hide()

    def _arrange(self) -> None:
        self.head.setFixedHeight(HEAD_HEIGHT)
        line = self._icon, self.count, (self.earliest, 1), self.stop, self.send, self.unfold, self.fold
        hbox(*line, within=self.head, spacing=GAP, margins=(12, 0, _MARGINS - 12, 0))
        hbox(STRETCH, self.send_below, within=self.foot, margins=(12, 4, 12, 4))
        vbox(self.view, self.foot, within=self.body, spacing=0)
        vbox(self.head, self.body, within=self, spacing=0, margins=(0, 0, 0, 1))

    @property
    def counts(self) -> bool:
        """True while a countdown is shown."""
        return self._first is not None and not self.isHidden()

    @property
    def unfolded(self) -> bool:
        """True while the list is shown."""
        return not self.body.isHidden()

    def show_held(self, held: Sequence[HeldReply], now: datetime) -> None:
        """Show these held replies: the soonest first, then those that ask."""
        timed = [one for one in held if one.reply.due_at is not None]
        ahead = (one for one in timed if not one.behind)
        self._asking = len(held) - len(timed)
        self._first = next(ahead, timed[0] if timed and not self._asking else None)
        self.model.update_rows(one_per_answer(held))
        n = len(held)
        self.count.show_wordings([ntr("{n} reply held", "{n} replies held", n), ntr("{n} held", "{n} held", n)])
        self.count.setVisible(self._asking < n)  # else what needs an OK says it all
        self.view.updateGeometry()
        self.setVisible(bool(held))
        if not held:
            self.show_list(False)
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Update countdowns to `now`."""
        asks = ntr("{n} needs your OK", "{n} need your OK", self._asking) if self._asking else ""
        brief = ntr("{n} for you", "{n} for you", self._asking) if self._asking else ""
        first = short = ""
        if self._first is not None and self._first.reply.due_at is not None:
            first = self._first_words(self._first, self._first.reply.due_at, now)
            counts_down = self.model.hold_reason(self._first) is HoldReason.NONE
            short = tr("in {span}", span=span_until(self._first.reply.due_at, now)) if counts_down else first
        said = [_joined(first, asks), _joined(short, asks), _joined(short, brief), _joined(short or brief)]
        self.earliest.show_wordings([*said, short or brief], cut_last=True)
        self._share_room()
        if self.unfolded:
            self.view.viewport().update()
        self._announce(now)

    def _announce(self, now: datetime) -> None:
        """Say aloud, once, that a reply is about to leave, while it can still be stopped."""
        first = self._first
        due_at = None if first is None else first.reply.due_at
        if first is None or due_at is None or due_at - now > ABOUT_TO_LEAVE or first.reply.id == self._announced:
            return
        if self.model.hold_reason(first) is HoldReason.NONE:
            self._announced = first.reply.id
            status = self.model.status(first)
            announce(self, f"{name_of(first.contact)}, {status.text}: {held_text(first)}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """Show both commands in the line if its shortest text fits, else one in the list."""
        beside = [self._icon, self.stop, self.unfold]
        room = self.width() - _MARGINS - sum(widget.sizeHint().width() + GAP for widget in beside)
        send = self.send.sizeHint().width() + GAP
        steps = shrink_steps(self._giving_way, GAP + send, room)
        needed = GAP + send + sum(part.width_at(step) for part, step in steps.items())
        both = not self.unfolded and needed <= room  # the list has its own: nothing may push it
        self.count.use_step(shrink_steps(self._giving_way, GAP + both * send, room)[self.count])
        self.send.setVisible(both)

    @property
    def _giving_way(self) -> Sequence[tuple[Shrinkable, int]]:
        return ((self.earliest, 1), (self.earliest, 2), (self.count, 1), (self.earliest, 3), (self.earliest, 4))

    def _first_words(self, first: HeldReply, due_at: datetime, now: datetime) -> str:
        match self.model.hold_reason(first):
            case HoldReason.PAUSED:
                return tr("paused")
            case HoldReason.WRITING:
                return tr("waits while you write")
            case HoldReason.BEHIND:
                return tr("waits for the part before it")
            case HoldReason.HANDED_OVER:
                return tr("yours in {span}", span=span_until(max(due_at, now), now))
        return tr("first in {span}", span=span_until(due_at, now))

    def toggle(self) -> None:
        """Unfold and focus the list, or fold it."""
        if self.isHidden():
            return
        if self.unfolded:
            self._leave()
        else:
            self.show_list(True)
            self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the press, so that the release comes here too."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and event.position().y() < HEAD_HEIGHT:
            self.show_list(not self.unfolded)

    def _leave(self) -> None:
        had_it = self.view.hasFocus()
        self.show_list(False)
        if had_it:
            self.left.emit()

    def show_list(self, unfolded: bool) -> None:
        """Unfold the list, or fold it."""
        self.body.setVisible(unfolded)
        self.unfold.setVisible(not unfolded)
        self.fold.setVisible(unfolded)
        self._share_room()


def _joined(*words: str) -> str:
    return " · ".join(filter(None, words))
