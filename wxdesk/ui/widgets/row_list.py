"""List of painted rows: its model, its painter, its view, and the type of indexes."""

from collections.abc import Hashable, Sequence
from itertools import groupby
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from wxdesk.ui.widgets.labels import announce, plain_tip

type Index = QModelIndex | QPersistentModelIndex

ROOT = QModelIndex()
RECORD = Qt.ItemDataRole.UserRole + 1
"""Role of the row itself, or what its painter shows of it."""


class RowModel[R](QAbstractListModel):
    """Rows of one kind; the subclass says what screen readers hear of one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[R] = []

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's signature
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._title(row)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._accessible_text(row)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self._tip(row))
            case _:
                return self._shown(row) if role == RECORD else None

    def _accessible_text(self, row: R) -> str:
        """Return the row as a sentence for screen readers."""
        raise NotImplementedError

    def _shown(self, row: R) -> object:
        """Return what painter and view get of a row."""
        return row

    def _title(self, row: R) -> str:
        return self._accessible_text(row)

    def _tip(self, row: R) -> str:
        return ""

    def rows(self) -> Sequence[R]:
        """Return all rows, in order."""
        return tuple(self._rows)

    def replace_rows(self, rows: Sequence[R]) -> None:
        """Show these rows instead of all others."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def update_rows(self, rows: Sequence[R]) -> None:
        """Become these; a row of a known key stays the same one, selected as before."""
        known, wanted = {self._key(row) for row in self._rows}, {self._key(row): row for row in rows}
        end = len(self._rows)
        for stays, run in groupby(reversed(tuple(self._rows)), lambda row: self._key(row) in wanted):
            start = end - len(tuple(run))
            if not stays:
                self._remove_rows(start, end)
            end = start
        for at, key in enumerate(key for key in wanted if key in known):
            self._move_row(next(now for now in range(at, len(self._rows)) if self._key(self._rows[now]) == key), at)
        at = 0
        for was_there, run in groupby(rows, lambda row: self._key(row) in known):
            new = tuple(run)
            if not was_there:
                self._insert_rows(at, new)
            at += len(new)
        for at, row in enumerate(rows):
            if self._rows[at] != row:
                self._put(at, row)

    def _key(self, row: R) -> Hashable:
        """Return what tells a row from all others, if the model has such a thing."""
        raise NotImplementedError

    def row_of(self, key: Hashable) -> int:
        """Return the number of the row with this key, or -1."""
        return next((at for at, row in enumerate(self._rows) if self._key(row) == key), -1)

    def record(self, key: Hashable) -> R | None:
        """Return the row with this key, or None."""
        at = self.row_of(key)
        return self._rows[at] if at >= 0 else None

    def _insert_rows(self, at: int, rows: Sequence[R]) -> None:
        self.beginInsertRows(ROOT, at, at + len(rows) - 1)
        self._rows[at:at] = rows
        self.endInsertRows()

    def _remove_rows(self, start: int, end: int) -> None:
        """Remove the rows from `start` up to, not including, `end`."""
        self.beginRemoveRows(ROOT, start, end - 1)
        del self._rows[start:end]
        self.endRemoveRows()

    def _move_row(self, at: int, to: int) -> None:
        """Move a row so that it is the one at `to`."""
        if to != at:
            self.beginMoveRows(ROOT, at, at, ROOT, to + 1 if to > at else to)
            self._rows.insert(to, self._rows.pop(at))
            self.endMoveRows()

    def _put(self, at: int, row: R) -> None:
        self._rows[at] = row
        self.dataChanged.emit(self.index(at), self.index(at))


class RowDelegate[R](QStyledItemDelegate):
    """Painter of a `RowModel`; the subclass paints a row, with whatever pens it likes."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: R | None = index.data(RECORD)
        if row is not None:
            painter.save()
            self._paint_row(painter, option, index, row)
            painter.restore()

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, row: R) -> None:
        raise NotImplementedError


class RowList(QListView):
    """Frameless list that scrolls by pixels, never sideways, and owns its delegate.

    The row under the mouse is known to the delegate. `uniform` rows are all as high as the first.
    """

    def __init__(
        self,
        model: QAbstractItemModel,
        delegate: QAbstractItemDelegate,
        name: str,
        parent: QWidget | None = None,
        *,
        uniform: bool = True,
    ) -> None:
        super().__init__(parent, uniformItemSizes=uniform)
        delegate.setParent(self)
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setAccessibleName(name)


def tell_current(view: QAbstractItemView) -> None:
    """Let screen readers hear each current row of a list that has no focus."""

    def tell(current: QModelIndex) -> None:
        if current.isValid() and view.isVisible():
            announce(view, current.data(Qt.ItemDataRole.AccessibleTextRole) or current.data())

    view.selectionModel().currentChanged.connect(tell)
