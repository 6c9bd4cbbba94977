"""Left side of the rules page: the list of rules, its commands and its figures."""

from collections.abc import Coroutine, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QWidget

from wxdesk.core.events import DecisionMade, ReplyChanged
from wxdesk.core.model.operator import Role as OperatorRole
from wxdesk.core.model.rule import Rule
from wxdesk.core.model.statistics import RECENT, RuleFigures
from wxdesk.desk.rules.exchange import ImportResult
from wxdesk.desk.rules.import_check import import_summary
from wxdesk.i18n import tr
from wxdesk.ui.editing.list_undo import Inverse, ListUndo, UndoableChange
from wxdesk.ui.editing.record_view import RecordView, list_header, paint_unsaved
from wxdesk.ui.look.theme import Size, color_of, font, line_height, row_height, smaller, spaced
from wxdesk.ui.rules.rule_list.model import RuleModel, RuleRow
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.refresher import Refresher
from wxdesk.ui.widgets.boxes import Frame, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, Menu, SmallButton, paint_switch
from wxdesk.ui.widgets.labels import small_label
from wxdesk.ui.widgets.painting import CENTER, RIGHT, fitting, paint_box, paint_row, paint_text, painting
from wxdesk.ui.widgets.rights import Rights
from wxdesk.ui.widgets.row_list import Index, RowDelegate
from wxdesk.ui.wording.messages import quoted

CHIP_EDGE = 8
CHIP_GAP = 8
NUMBER_RIGHT = 32
TEXT_LEFT = 42
SWITCH = QSize(30, 18)
EDGE = 14
LOCKED_OPACITY = 0.45


def switch_rect(row: QRect) -> QRect:
    """Return the rectangle of the switch in a row."""
    at = QRect(row.right() - EDGE - SWITCH.width(), 0, SWITCH.width(), SWITCH.height())
    at.moveTop(row.center().y() - SWITCH.height() // 2)
    return at


class RuleDelegate(RowDelegate[RuleRow]):
    """Delegate for number, name, delivery, summary, figures or fault, and switch."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, row_height())

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, row: RuleRow) -> None:
        rect: QRect = option.rect
        paint_row(painter, option)
        place = QRect(rect.left(), rect.top(), NUMBER_RIGHT, rect.height())
        face = font(min(smaller(2), Size.TITLE), tabular=True)  # three digits fit
        paint_text(painter, place, str(row.number), face, color_of("secondary"), RIGHT)
        _paint_words(painter, rect, row)
        if not index.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            painter.setOpacity(LOCKED_OPACITY)
        paint_switch(painter, QRectF(switch_rect(rect)), 1.0 if row.enabled else 0.0, on=row.enabled)

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        if not isinstance(event, QMouseEvent) or event.button() is not Qt.MouseButton.LeftButton:
            return False
        hit = switch_rect(option.rect).adjusted(-8, -12, 8, 12)
        if not hit.contains(event.position().toPoint()):
            return False
        if event.type() is QEvent.Type.MouseButtonRelease and isinstance(model, RuleModel):
            model.turn(index)
        return True


def _paint_words(painter: QPainter, rect: QRect, row: RuleRow) -> None:
    width = switch_rect(rect).left() - TEXT_LEFT - rect.left() - 12
    pitch, face = line_height() - 1, font(smaller(2), tabular=True)
    line = QRect(rect.left() + TEXT_LEFT, rect.top() + spaced(9, 4), width, pitch)
    _paint_title(painter, QRect(line), row)
    line.moveTop(line.top() + pitch + 1)
    off = "" if row.enabled else tr("Switched off") + " · "
    paint_text(painter, line, off + row.summary, font(smaller(2)), color_of("secondary"))
    line.moveTop(line.top() + pitch)
    paint_unsaved(painter, line, row.unsaved)
    line.setRight(rect.right() - EDGE)  # below the switch
    said = row.left_out or fitting(row.figures, face, line.width()) or row.figures[-1]
    paint_text(painter, line, said, face, color_of("failed" if row.left_out else "secondary"))


def _paint_title(painter: QPainter, line: QRect, row: RuleRow) -> None:
    face = font(smaller(1), strong=True)
    if row.mark:
        wide = QFontMetrics(font(smaller(3))).horizontalAdvance(row.mark) + 2 * CHIP_EDGE
        room = line.width() - wide - CHIP_GAP
        line.setWidth(min(room, QFontMetrics(face).horizontalAdvance(row.name) + 1))
        _chip(painter, QRect(line.right() + CHIP_GAP, line.top() + 1, wide, line.height() - 2), row.mark)
    paint_text(painter, line, row.name, face, color_of("text" if row.enabled else "secondary"))


def _chip(painter: QPainter, at: QRect, mark: str) -> None:
    paint_box(painter, QRectF(at).adjusted(0.5, 0.5, -0.5, -0.5), at.height() / 2, "chip", "line")
    paint_text(painter, at, mark, font(smaller(3)), color_of("secondary"), CENTER)


KNOB = 8
"""Diameter of the circle at the start of the line that shows a drop's position."""

GATHER_MS = 1000
"""Time in which decisions are gathered before the figures are loaded again."""


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
            self.rules.turn(index)
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
        with painting(self.viewport()) as painter:
            color = color_of("accent_fill")
            painter.fillRect(QRect(KNOB, y - 1, self.viewport().width() - KNOB, 2), color)
            painter.setPen(QPen(color, 2))
            painter.setBrush(color_of("panel"))
            painter.drawEllipse(QRectF(2, y - KNOB / 2, KNOB, KNOB))


class RuleList(Frame):
    """Header, list, and buttons for the reviews; their page connects them."""

    def __init__(self, bridge: Bridge, rules: RuleModel, parent: QWidget | None = None) -> None:
        super().__init__("list-side", parent)
        self._desk = bridge.desk
        self._rules = rules
        self.figures = Refresher(bridge, self._ask_figures, self._show_figures, self, gather_ms=GATHER_MS)
        bridge.follow_shown(self, self.figures.ask_soon, DecisionMade, ReplyChanged)
        self.view = RuleView(rules, self)
        self.hint = small_label(tr("first match wins"), elide=True)
        self.new = Button(tr("New rule"), icon="plus", parent=self)
        self.more = SmallButton("more", tr("Try on history, import and export"), self, then=self._open_menu)
        self.check = Button(tr("Check"), parent=self)
        self.unmatched = Button(tr("Unmatched"), parent=self)
        self._menu = Menu(self, toolTipsVisible=True)
        self.try_all = self._menu.addAction(tr("Try all rules on history"))
        self._menu.addSeparator()
        self.import_rules = self._menu.addAction(tr("Import rules from a file…"))
        Rights(bridge, OperatorRole.LEAD, self.import_rules)
        self.export_rules = self._menu.addAction(tr("Export rules to a file…"))
        self._lay_out()

    def _lay_out(self) -> None:
        head = list_header(self, tr("Rules"), self.hint, self.new, self.more)
        review = Frame("footer", self)
        hbox((self.check, 1), (self.unmatched, 1), margins=(16, 8, 12, 8), within=review)
        vbox(head, (self.view, 1), review, spacing=0, within=self)

    def show_finding_count(self, count: int) -> None:
        """Show the number of lint findings."""
        self.check.setText(tr("Check · {n}", n=count) if count else tr("Check"))

    def _open_menu(self) -> None:
        self._menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 2)))

    # -- its figures

    def _ask_figures(self) -> Coroutine[Any, Any, Mapping[int, RuleFigures]]:
        return self._desk.reports.decisions.rule_figures(self._desk.clock() - RECENT)

    def _show_figures(self, figures: Mapping[int, RuleFigures]) -> None:
        self._rules.show_figures(figures, self._desk.clock())


class RuleListChanges(QObject):
    """Carries the list's commands to the desk; `past` undoes them."""

    def __init__(self, bridge: Bridge, rules: RuleModel, past: ListUndo) -> None:
        super().__init__(past)
        self._rules = rules
        self._rulebook = bridge.desk.rules.rulebook
        self._exchange = bridge.desk.rules.exchange
        self._past = past
        rules.switched.connect(self._switch)
        rules.reordered.connect(self._reorder)

    def take_in(self, imported: ImportResult) -> None:
        """Record an import, so that it can be undone."""
        back = partial(self._exchange.restore, imported.before, imported.left)  # keeps what was saved since
        change = UndoableChange(back, back, turned=self._turn)
        self._past.keep(change, import_summary(imported.check))

    def _turn(self, restored: Any) -> Inverse:  # noqa: ANN401 - what the desk answered, a `Restored`
        """Return the inverse of a restored import: the state before the restoring."""
        names = tuple(one.name for one in (*restored.kept.rules, *restored.kept.calendars))
        told = tr("saved since and kept: {names}", names=quoted(names)) if names else ""
        return Inverse(partial(self._exchange.restore, restored.before, restored.left), told)

    def _switch(self, rule_id: int, enabled: bool) -> None:
        name = self._name_of(rule_id)
        said = tr("“{name}” switched on", name=name) if enabled else tr("“{name}” switched off", name=name)
        switch = partial(self._rulebook.set_enabled, rule_id)
        self._past.do(UndoableChange(partial(switch, not enabled), partial(switch, enabled)), said)

    def _reorder(self, rule_id: int, before: list[int]) -> None:
        order = [rule.id for rule in self._rules.rows()]
        back, again = partial(self._move, rule_id, before), partial(self._move, rule_id, order)
        said = tr("“{name}” moved to place {n}", name=self._name_of(rule_id), n=order.index(rule_id) + 1)
        self._past.do(UndoableChange(back, again, moved=rule_id), said)

    def _move(self, rule_id: int, wanted: Sequence[int]) -> Coroutine[Any, Any, None]:
        """Put the rule where it stands in `wanted`, relative to the present order."""
        return self._rulebook.reorder(moved_order([rule.id for rule in self._rules.rows()], rule_id, wanted))

    def _name_of(self, rule_id: int) -> str:
        rule = self._rules.record(rule_id)
        return rule.name if rule is not None else ""


def moved_order(ids: Sequence[int], moved: int, wanted: Sequence[int]) -> list[int]:
    """Return `ids` with `moved` behind its nearest remaining predecessor in `wanted`."""
    others = [one for one in ids if one != moved]
    there = set(others)
    before = next((one for one in reversed(wanted[: wanted.index(moved)]) if one in there), None)
    at = 0 if before is None else others.index(before) + 1
    return [*others[:at], moved, *others[at:]]
