"""List of bubbles that keeps its scroll position while rows change."""

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import is_scheduled
from wxdesk.i18n import ntr, tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.inbox.lists import RowsView
from wxdesk.ui.inbox.timeline.bubble_text import buttons_in, offers_in
from wxdesk.ui.inbox.timeline.bubbles.delegate import BUBBLES, BubbleDelegate
from wxdesk.ui.inbox.timeline.entries import EntryKind, TimelineEntry
from wxdesk.ui.inbox.timeline.model import TimelineModel
from wxdesk.ui.look.theme import Measure, Size
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.row_list import RECORD
from wxdesk.ui.wording.times import day_text, is_same_day

NEAR_TOP = 240
"""Pixels from the top at which older messages are asked for."""

AT_END = 8
_COUNTING = frozenset({ReplyState.HELD, ReplyState.QUEUED})
_TELLS_DAY = frozenset({EntryKind.DAY, EntryKind.UNREAD})


class AnchoredView(RowsView):
    """Bubbles, the newest at the foot; more is asked for near both ends.

    Signals:
        older_wanted, newer_wanted: the view nears an end of what was read.
    """

    older_wanted = Signal()
    newer_wanted = Signal()

    def __init__(self, model: TimelineModel, album: Album) -> None:
        self._timeline = model
        self.bubbles = BubbleDelegate(model, album.picture)
        super().__init__(model, self.bubbles, tr("Chat with the customer"), uniform=False)
        self._anchor: tuple[str, int] | None = None
        self._stuck = True
        self._below = self._covered = 0
        self._placing = False
        self._whole = True
        self.jump = Button("", icon="arrow-down", parent=self)
        self.jump.hide()
        self.day = PlainLabel(size=Size.SMALL, role="secondary", parent=self)
        self.day.setProperty("class", "card")
        self.day.setContentsMargins(10, 3, 10, 3)
        self.day.hide()
        self.setProperty("class", "window")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setResizeMode(QListView.ResizeMode.Fixed)
        self.setAutoScroll(False)
        self.verticalScrollBar().setSingleStep(24)
        album.ready.connect(self._repaint)
        model.changing.connect(self._remember)
        model.changed.connect(self._restore)
        model.rowsInserted.connect(self._count_below)
        model.modelReset.connect(self._forget)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    # -- reading

    def at_end(self) -> bool:
        """Return True if the newest bubble is in sight."""
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - AT_END

    def set_whole(self, whole: bool) -> None:
        """Note if the newest message was read; if not, the jump button stays."""
        self._whole = whole
        self._show_overlays()

    def to_end(self) -> None:
        """Show the newest bubble."""
        self.scrollToBottom()
        self._below = 0
        self._show_overlays()

    def leave_room(self, covered: int) -> None:
        """Keep the words in sight above what covers this many pixels at the foot."""
        covered = max(0, min(covered, self.height() - 1))
        if covered != self._covered:
            self._remember()
            self._covered = covered
            self._restore()

    def go_to(self, key: str, mark: bool) -> None:
        """Scroll to an entry, and mark it if a search led there."""
        row = self._timeline.row_of(key)
        if row < 0:
            return
        index = self._timeline.index(row)
        self.bubbles.marked = key if mark else ""
        hint = QAbstractItemView.ScrollHint.PositionAtCenter if mark else QAbstractItemView.ScrollHint.PositionAtTop
        self.scrollTo(index, hint)
        if mark:
            self.setCurrentIndex(index)

    def show_last_question(self) -> None:
        """Scroll down to the last bubble with buttons: its countdown may be running."""
        entries = self._timeline.rows()
        asking = [row for row, entry in enumerate(entries) if entry.kind in BUBBLES and buttons_in(entry)]
        index = self._timeline.index(asking[-1] if asking else -1)
        if self.visualRect(index).bottom() > self.viewport().height():
            self._bring_in_sight(index)

    def focus_last(self) -> None:
        """Focus the last bubble that waits for the operator, else the last one."""
        entries = self._timeline.rows()
        rows = [row for row, entry in enumerate(entries) if entry.kind in BUBBLES]
        open_rows = [row for row in rows if offers_in(entries[row])]
        if rows:  # first, else Qt chooses the first row with the focus, and screen readers read it out
            self._choose_row((open_rows or rows)[-1])
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focus_on(self, key: str) -> bool:
        """Focus an entry and scroll to it; False if it was not read."""
        row = self._timeline.row_of(key)
        if row < 0:
            return False
        self._choose_row(row)
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def _choose_row(self, row: int) -> None:
        self.setCurrentIndex(self._timeline.index(row))
        self._bring_in_sight(self.currentIndex())

    def _bring_in_sight(self, index: QModelIndex) -> None:
        """Scroll to a bubble; show the foot of a high one, with its buttons."""
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        entry: TimelineEntry | None = index.data(RECORD)
        hidden = self.visualRect(index).bottom() + 1 - self.viewport().height()  # Qt shows the top of what is higher
        if hidden > 0 and entry is not None and buttons_in(entry):
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() + hidden)

    def counting(self) -> list[TimelineEntry]:
        """Return the entries with a countdown."""
        return [
            entry
            for entry in self._timeline.rows()
            if entry.reply is not None
            and entry.reply.state in _COUNTING
            and (entry.reply.due_at or entry.reply.not_before) is not None
            and not is_scheduled(entry.reply)
        ]

    def tick(self) -> None:
        """Repaint the countdowns."""
        for entry in self.counting():
            self.update(self._timeline.index(self._timeline.rows().index(entry)))

    def _repaint(self, _digest: str) -> None:
        self.viewport().update()

    # -- keeping the place

    def _remember(self) -> None:
        self._stuck = self.at_end() and (self._whole or not self._timeline.rowCount())  # else it would never stop
        self._anchor = None
        if self._stuck:
            return
        for row, entry in enumerate(self._timeline.rows()):
            rect = self.visualRect(self._timeline.index(row))
            if rect.bottom() > 0 and entry.kind in BUBBLES:
                self._anchor = (entry.key, rect.top())
                break

    def _restore(self) -> None:
        self._lay_out()
        row = self._timeline.row_of(self._anchor[0]) if self._anchor else -1
        if self._stuck:
            self.scrollToBottom()
            self._below = 0
        elif self._anchor is not None and row >= 0:
            moved = self.visualRect(self._timeline.index(row)).top() - self._anchor[1]
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() + moved)
        self._show_overlays()

    def _lay_out(self) -> None:
        """Lay out now; few rows stand at the foot."""
        self._placing = True
        side, held = max(0, (self.width() - Measure.CHAT_MAX) // 2), self.viewportMargins()
        self.setViewportMargins(side, held.top(), side, held.bottom())
        self.bubbles.width = self.viewport().width()
        self.doItemsLayout()
        spare = max(0, self.height() - self._covered - self.contentsSize().height())
        self.setViewportMargins(side, spare, side, self._covered)
        if self.viewport().width() != self.bubbles.width:  # the scroll bar came or went
            self.bubbles.width = self.viewport().width()
            self.doItemsLayout()
        self._placing = False

    def _count_below(self, _parent: QModelIndex, first: int, last: int) -> None:
        if self._whole and not self._stuck and last == self._timeline.rowCount() - 1:
            self._below += sum(entry.kind in BUBBLES for entry in self._timeline.rows()[first : last + 1])

    def _forget(self) -> None:
        self.bubbles.forget()
        self.bubbles.marked = ""
        self.bubbles.hovered = None
        self._below = 0
        self._stuck = True
        self._show_overlays()

    def _scrolled(self, value: int) -> None:
        if self._placing or self._timeline.rowCount() == 0:
            return
        if self.at_end():
            self._below = 0
            self.newer_wanted.emit()
        if value < NEAR_TOP:
            self.older_wanted.emit()
        self._show_overlays()

    def _show_overlays(self) -> None:
        self._show_jump()
        self._show_day()

    def _show_day(self) -> None:
        """Show the day of the topmost bubble, unless a line tells it or it is today."""
        top, now = self.indexAt(QPoint(self.viewport().width() // 2, 0)).data(RECORD), self._timeline.clock()
        is_told = top is None or top.kind in _TELLS_DAY or is_same_day(top.at, now)
        self.day.show_if_any("" if is_told else day_text(top.at, now))
        self.day.adjustSize()
        self.day.move((self.width() - self.day.width()) // 2, self.viewport().y() + 6)

    def _show_jump(self) -> None:
        words = ntr("{n} new message", "{n} new messages", self._below) if self._below else tr("To the newest")
        self.jump.setText(words)
        self.jump.setAccessibleName(words)
        self.jump.setVisible(not self.at_end() or not self._whole)
        if self.jump.isVisible():
            size = self.jump.sizeHint()
            left, foot = self.viewport().geometry().right() - size.width() - 13, self.height() - self._covered - 12
            self.jump.setGeometry(left, foot - size.height(), size.width(), size.height())
            self.jump.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        stuck = self.at_end() if not self._placing else self._stuck
        super().resizeEvent(event)
        if self._placing:
            return
        self._lay_out()
        if stuck:
            self.scrollToBottom()
        self._show_overlays()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._lay_out()
        if self._stuck:
            self.scrollToBottom()

    def changeEvent(self, event: QEvent) -> None:
        """Lay out anew for another size of letters, with the same words in sight."""
        resized = event.type() is QEvent.Type.FontChange and self.isVisible()
        if resized:
            self._remember()
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self.bubbles.forget()
        if resized:
            self._restore()
