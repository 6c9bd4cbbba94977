"""List beside an editor."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, Self

from PySide6.QtCore import QModelIndex, QObject, QRect, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemDelegate, QFrame, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Measure, Size, color_of, font, smaller
from wxdesk.ui.widgets.boxes import STRETCH, BoxPart, Frame, hbox
from wxdesk.ui.widgets.buttons import Menu
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.painting import paint_text
from wxdesk.ui.widgets.row_list import Index, RowList, RowModel


class Record(Protocol):
    """Stored rule or template."""

    @property
    def id(self) -> int:
        """Id of the record; 0 while it is not stored."""

    @property
    def revision(self) -> int:
        """Number of times it has been stored."""

    @property
    def updated_at(self) -> datetime | None:
        """Time when it was stored last."""

    @property
    def written(self) -> Self:
        """The record without the values given by the store."""

    def with_written(self, other: Self) -> Self:
        """Return the record with what is written in the other one."""


class RecordModel[R: Record](RowModel[R]):
    """List model of the shown records in their order; subclasses supply the row data.

    `locked` returns why nobody here may change them; empty if somebody may.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.locked: Callable[[], str] = str
        self._unsaved: int | None = None

    def record_at(self, index: Index) -> R | None:
        """The record of an index, or None for an invalid one."""
        return self._rows[index.row()] if index.isValid() else None

    def _key(self, row: R) -> int:
        return row.id

    def mark_unsaved(self, record_id: int | None) -> None:
        """Mark the row whose changes are not saved yet; None for no row."""
        if record_id != self._unsaved:
            self._unsaved = record_id
            self._all_changed()

    def _show_rows(self, rows: Sequence[R]) -> None:
        """Show these; rows and selection stay where only contents changed."""
        if [one.id for one in rows] == [one.id for one in self._rows]:
            self._rows = list(rows)
            self._all_changed()
        else:
            self.replace_rows(rows)

    def _all_changed(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))


class RecordView[R: Record](RowList):
    """View of a `RecordModel`, painted by `delegate`; `name` is for screen readers.

    Subclasses fill the `menu` of the current row; each of its actions changes something.

    Delete deletes the current record; `ListUndo` has the keys that undo and redo.

    Signals:
        chosen: a record's id, when another row becomes the current one, or the current one is clicked.
        delete_asked: the record to delete.
    """

    chosen = Signal(int)
    delete_asked = Signal(object)

    def __init__(
        self, records: RecordModel[R], delegate: QAbstractItemDelegate, name: str, parent: QWidget | None = None
    ) -> None:
        self.records = records
        super().__init__(records, delegate, name, parent)
        self.menu = Menu(self)
        self.clicked.connect(self._clicked)

    def current(self) -> R | None:
        """The record of the current row."""
        return self.records.record_at(self.currentIndex())

    def show_current(self, record_id: int) -> None:
        """Make a record's row the current one without a signal; 0 for none."""
        row = self.records.row_of(record_id)
        with QSignalBlocker(self):
            if row < 0:
                self.clearSelection()
            self.setCurrentIndex(self.records.index(row))
        self.viewport().update()

    def reveal(self, record_id: int) -> None:
        """Make a record's row the current one, also where a search hides it."""
        self.show_current(record_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self._delete()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.current() is None:
            return
        why = tr(locked) if (locked := self.records.locked()) else ""
        self.menu.setToolTipsVisible(bool(why))
        for action in self.menu.actions():
            action.setEnabled(not why)
            action.setToolTip(why)
        self.menu.popup(event.globalPos())

    def _delete(self) -> None:
        if self.current() is not None and not self.records.locked():
            self.delete_asked.emit(self.current())

    def _clicked(self, index: QModelIndex) -> None:
        """Choose the current row again when clicked, to return to the editor."""
        record = self.records.record_at(index)
        if record is not None and index == self.currentIndex():
            self.chosen.emit(record.id)

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802 - Qt's name
        super().currentChanged(current, previous)
        record = self.records.record_at(current)
        if record is not None and not self.signalsBlocked():
            self.chosen.emit(record.id)


def list_header(parent: QWidget, title: str, beside: QWidget | None, *buttons: QWidget) -> QFrame:
    """Return the header above a list: title, perhaps a label `beside` it, and buttons."""
    head = Frame("header", parent)
    head.setFixedHeight(Measure.HEADER)
    name = PlainLabel(title, size=Size.TITLE, strong=True, parent=head)
    middle: BoxPart = STRETCH if beside is None else (beside, 1)
    hbox(name, middle, *buttons, spacing=8, margins=(16, 0, 12, 0), within=head)
    return head


def paint_unsaved(painter: QPainter, line: QRect, unsaved: bool) -> None:
    """Begin a row's `line` with the mark of what is unsaved; the rest is left."""
    if unsaved:
        mark = tr("Not saved")
        line.setLeft(line.left() + paint_text(painter, line, f"{mark}  ", font(smaller(2)), color_of("pending")))
