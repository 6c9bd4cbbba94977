"""The page's left side: the rules in their order, and what is done with the list as a whole."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QListView, QMenu, QVBoxLayout, QWidget

from wxdesk.core.rules import Rule
from wxdesk.i18n import tr
from wxdesk.ui.rules.rule_delegate import RuleDelegate
from wxdesk.ui.rules.rule_model import AnyIndex, RuleModel
from wxdesk.ui.theme import Measure, Size
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.small_button import SmallButton

UNDO_MS = 10_000


class RuleView(QListView):
    """The list itself. Space switches, Alt+↑ and Alt+↓ move, Delete removes, dragging reorders.

    Signals:
        chosen: a rule's id, when another row becomes the current one.
        delete_asked: the rule that the operator wants away.
        menu_asked: where on the screen the menu of the current row shall open.
    """

    chosen = Signal(int)
    delete_asked = Signal(object)
    menu_asked = Signal(QPoint)

    def __init__(self, rules: RuleModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rules = rules
        self.setModel(rules)
        self.setItemDelegate(RuleDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDragDropOverwriteMode(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(tr("Rules, asked from top to bottom"))

    def current_rule(self) -> Rule | None:
        """The rule of the current row."""
        return self.rules.rule_at(self.currentIndex())

    def show_current(self, rule_id: int) -> None:
        """Make a rule's row the current one, without telling anybody; 0 for none."""
        self.blockSignals(True)
        row = self.rules.row_of(rule_id)
        if row < 0:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        else:
            self.setCurrentIndex(self.rules.index(row))
        self.blockSignals(False)
        self.viewport().update()

    def move_rule(self, step: int) -> None:
        """Move the current rule up (-1) or down (1)."""
        row = self.currentIndex().row()
        if row < 0:
            return
        target = row - 1 if step < 0 else row + 2
        if self.rules.moveRows(QModelIndex(), row, 1, QModelIndex(), target):
            self.scrollTo(self.currentIndex())

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:  # noqa: N802 - Qt's name
        """Tell which rule is looked at now."""
        super().currentChanged(current, previous)
        rule = self.rules.rule_at(current)
        if rule is not None and not self.signalsBlocked():
            self.chosen.emit(rule.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the list."""
        index = self.currentIndex()
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_rule(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() == Qt.Key.Key_Space and index.isValid():
            on = index.data(Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Checked
            state = Qt.CheckState.Unchecked if on else Qt.CheckState.Checked
            self.rules.setData(index, state, Qt.ItemDataRole.CheckStateRole)
        elif event.key() == Qt.Key.Key_Delete and index.isValid():
            self.delete_asked.emit(self.current_rule())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of a row, by mouse or key."""
        if self.currentIndex().isValid():
            self.menu_asked.emit(event.globalPos())


class RuleList(QFrame):
    """Header, list, and the way back after a rule was deleted.

    Signals:
        new_asked, import_asked, export_asked, restore_asked, check_asked, unmatched_asked: what the operator pressed.
    """

    new_asked = Signal()
    import_asked = Signal()
    export_asked = Signal()
    restore_asked = Signal()
    check_asked = Signal()
    unmatched_asked = Signal()

    def __init__(self, rules: RuleModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "list-side")
        self.view = RuleView(rules, self)
        self.view.menu_asked.connect(self._open_row_menu)
        self.hint = PlainLabel(tr("first match wins"), size=Size.SMALL, role="secondary", elide=True)
        self.new = Button(tr("New rule"), icon="plus", parent=self)
        self.new.clicked.connect(self.new_asked)
        self.more = SmallButton("more", tr("Import and export"), self)
        self.more.clicked.connect(self._open_menu)
        self.check = Button(tr("Check"), parent=self)
        self.check.clicked.connect(self.check_asked)
        self.unmatched = Button(tr("Unmatched"), parent=self)
        self.unmatched.clicked.connect(self.unmatched_asked)
        self._menu = QMenu(self)
        self._menu.addAction(tr("Import rules from a file…"), self.import_asked.emit)
        self._menu.addAction(tr("Export rules to a file…"), self.export_asked.emit)
        self._row_menu = QMenu(self)
        self._row_menu.addAction(tr("Move up"), self._move_up)
        self._row_menu.addAction(tr("Move down"), self._move_down)
        self._row_menu.addSeparator()
        self._row_menu.addAction(tr("Delete…"), self._delete)
        self._forget = QTimer(self, singleShot=True, interval=UNDO_MS)
        self._forget.timeout.connect(self.hide_restore)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QFrame(self)
        head.setProperty("class", "header")
        head.setFixedHeight(Measure.HEADER)
        row = QHBoxLayout(head)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(PlainLabel(tr("Rules"), size=Size.TITLE, strong=True, parent=head))
        row.addWidget(self.hint, 1)
        row.addWidget(self.new)
        row.addWidget(self.more)
        self._undo = QFrame(self)
        self._undo.setProperty("class", "footer")
        self._undo.hide()
        self._undo_text = PlainLabel(role="secondary", elide=True, parent=self._undo)
        self.restore = Button(tr("Restore"), kind=ButtonKind.LINK, parent=self._undo)
        self.restore.clicked.connect(self.restore_asked)
        foot = QHBoxLayout(self._undo)
        foot.setContentsMargins(16, 8, 16, 8)
        foot.addWidget(self._undo_text, 1)
        foot.addWidget(self.restore)
        review = QFrame(self)
        review.setProperty("class", "footer")
        below = QHBoxLayout(review)
        below.setContentsMargins(16, 8, 12, 8)
        below.addWidget(self.check, 1)
        below.addWidget(self.unmatched, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.view, 1)
        column.addWidget(self._undo)
        column.addWidget(review)

    def show_doubts(self, count: int) -> None:
        """Say how many doubts there are about the rules."""
        self.check.setText(tr("Check · {n}", n=count) if count else tr("Check"))

    def offer_restore(self, name: str) -> None:
        """Say that a rule was deleted and offer to bring it back, for a while."""
        self._undo_text.setText(tr("“{name}” deleted", name=name))
        self._undo.show()
        self._forget.start()

    def hide_restore(self) -> None:
        """The way back is gone."""
        self._undo.hide()
        self._forget.stop()

    def offers_restore(self) -> bool:
        """Whether the way back is still there."""
        return not self._undo.isHidden()

    def _open_menu(self) -> None:
        self._menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 2)))

    def _open_row_menu(self, at: QPoint) -> None:
        self._row_menu.popup(at)

    def _move_up(self) -> None:
        self.view.move_rule(-1)

    def _move_down(self) -> None:
        self.view.move_rule(1)

    def _delete(self) -> None:
        self.view.delete_asked.emit(self.view.current_rule())
