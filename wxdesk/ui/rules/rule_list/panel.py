"""Left side of the rules page: the list of rules, its commands and its figures."""

from collections.abc import Coroutine, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QMenu, QWidget

from wxdesk.core.events import DecisionMade, Event, ReplyChanged
from wxdesk.core.model.rule import Rule
from wxdesk.core.model.statistics import RECENT, RuleFigures
from wxdesk.i18n import tr
from wxdesk.ui.editing.record_view import RecordView, list_header
from wxdesk.ui.look.theme import Size, Theme
from wxdesk.ui.rules.rule_list.delegate import RuleDelegate
from wxdesk.ui.rules.rule_list.model import RuleModel
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.refresher import Refresher
from wxdesk.ui.widgets.boxes import hbox, vbox
from wxdesk.ui.widgets.buttons import Button, SmallButton
from wxdesk.ui.widgets.labels import PlainLabel

KNOB = 8
"""Diameter of the circle at the start of the line that shows a drop's position."""


class RuleView(RecordView[Rule]):
    """List of rules. Space switches, Alt+↑/↓ or dragging moves."""

    def __init__(self, rules: RuleModel, parent: QWidget | None = None) -> None:
        super().__init__(rules, RuleDelegate(), tr("Rules, asked from top to bottom"), parent)
        self.rules = rules
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(False)  # the style's own is hardly seen; see `paintEvent`
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDragDropOverwriteMode(False)
        self._drop_row: int | None = None
        self.menu.addAction(tr("Move up"), partial(self.move_rule, -1))
        self.menu.addAction(tr("Move down"), partial(self.move_rule, 1))
        self.menu.addSeparator()
        self.menu.addAction(tr("Delete"), self._delete)

    def move_rule(self, step: int) -> None:
        """Move the current rule up (-1) or down (1)."""
        row = self.currentIndex().row()
        if row < 0:
            return
        target = row - 1 if step < 0 else row + 2
        if self.rules.moveRows(QModelIndex(), row, 1, QModelIndex(), target):
            self.scrollTo(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_rule(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() == Qt.Key.Key_Space and index.isValid():
            on = index.data(Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Checked
            state = Qt.CheckState.Unchecked if on else Qt.CheckState.Checked
            self.rules.setData(index, state, Qt.ItemDataRole.CheckStateRole)
        else:
            super().keyPressEvent(event)

    # -- dragging

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)
        takes = self.rules.takes(event.mimeData())
        self._show_drop(self._row_below(event.position().toPoint()) if takes else None)
        event.setAccepted(takes)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._show_drop(None)

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_drop(None)
        row = self._row_below(event.position().toPoint())
        if self.rules.dropMimeData(event.mimeData(), event.dropAction(), row, 0, QModelIndex()):
            event.accept()

    def _show_drop(self, row: int | None) -> None:
        if row != self._drop_row:
            self._drop_row = row
            self.viewport().update()

    def _row_below(self, at: QPoint) -> int:
        """Return the row before which a drop at this point comes."""
        index = self.indexAt(at)
        if not index.isValid():
            return self.rules.rowCount() if at.y() > 0 else 0
        return index.row() + (at.y() > self.visualRect(index).center().y())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._drop_row is None:
            return
        last = self._drop_row >= self.rules.rowCount()
        beside = self.visualRect(self.rules.index(self._drop_row - 1 if last else self._drop_row))
        y = min(max(beside.bottom() + 1 if last else beside.top(), 2), self.viewport().height() - 3)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = Theme.current().color("accent_fill")
        painter.fillRect(QRect(KNOB, y - 1, self.viewport().width() - KNOB, 2), color)
        painter.setPen(QPen(color, 2))
        painter.setBrush(Theme.current().color("panel"))
        painter.drawEllipse(QRectF(2, y - KNOB / 2, KNOB, KNOB))
        painter.end()


class RuleList(QFrame):
    """Header, list, and buttons for the reviews of all rules.

    Signals:
        new_asked, import_asked, export_asked, history_asked, check_asked, unmatched_asked: the button pressed.
    """

    new_asked = Signal()
    import_asked = Signal()
    export_asked = Signal()
    history_asked = Signal()
    check_asked = Signal()
    unmatched_asked = Signal()

    def __init__(self, bridge: Bridge, rules: RuleModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "list-side")
        self.figures = RuleFiguresLoader(bridge, rules, self)
        self.view = RuleView(rules, self)
        self.hint = PlainLabel(tr("first match wins"), size=Size.SMALL, role="secondary", elide=True)
        self.new = Button(tr("New rule"), icon="plus", parent=self)
        self.new.clicked.connect(self.new_asked)
        self.more = SmallButton("more", tr("Try on history, import and export"), self)
        self.more.clicked.connect(self._open_menu)
        self.check = Button(tr("Check"), parent=self)
        self.check.clicked.connect(self.check_asked)
        self.unmatched = Button(tr("Unmatched"), parent=self)
        self.unmatched.clicked.connect(self.unmatched_asked)
        self._menu = QMenu(self)
        self.try_all = self._menu.addAction(tr("Try all rules on history"), self.history_asked.emit)
        self._menu.addSeparator()
        self._menu.addAction(tr("Import rules from a file…"), self.import_asked.emit)
        self._menu.addAction(tr("Export rules to a file…"), self.export_asked.emit)
        self._lay_out()

    def _lay_out(self) -> None:
        head = list_header(self, tr("Rules"), self.hint, self.new, self.more)
        review = QFrame(self)
        review.setProperty("class", "footer")
        hbox((self.check, 1), (self.unmatched, 1), margins=(16, 8, 12, 8), within=review)
        vbox(head, (self.view, 1), review, spacing=0, within=self)

    def show_finding_count(self, count: int) -> None:
        """Show the number of lint findings."""
        self.check.setText(tr("Check · {n}", n=count) if count else tr("Check"))

    def _open_menu(self) -> None:
        self._menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 2)))


GATHER_MS = 1000


class RuleFiguresLoader(QObject):
    """Loads the figures of the rules again after decisions, while `page` is visible."""

    def __init__(self, bridge: Bridge, rules: RuleModel, page: QWidget) -> None:
        super().__init__(page)
        self._bridge = bridge
        self._rules = rules
        self._page = page
        self._refresher = Refresher(bridge, self._question, self._show, self, gather_ms=GATHER_MS)
        bridge.events.connect(self._hear)

    def ask(self) -> None:
        """Load now, or soon after the answer that is still on its way."""
        self._refresher.ask()

    def _question(self) -> Coroutine[Any, Any, Mapping[int, RuleFigures]]:
        return self._bridge.desk.reports.decisions.rule_figures(self._bridge.desk.clock() - RECENT)

    def _hear(self, events: Sequence[Event]) -> None:
        if self._page.isVisible() and any(isinstance(event, DecisionMade | ReplyChanged) for event in events):
            self._refresher.ask_soon()

    def _show(self, figures: Mapping[int, RuleFigures]) -> None:
        self._rules.show_figures(figures, self._bridge.desk.clock())
