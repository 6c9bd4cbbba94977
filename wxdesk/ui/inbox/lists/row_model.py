"""Base model of the inbox's lists."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from wxdesk.desk.ports import Clock
from wxdesk.ui.widgets.row_index import Index
from wxdesk.ui.wording.reply_status import FindHoldReason, no_hold_reason

ROOT = QModelIndex()


class RowModel[R](QAbstractListModel):
    """Rows of one kind; subclasses change them in steps that keep the selection.

    `hold_reason_of` returns what holds a reply back. A countdown only needs repainting.
    """

    def __init__(
        self, clock: Clock, hold_reason_of: FindHoldReason = no_hold_reason, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._hold_reason_of = hold_reason_of
        self._rows: list[R] = []

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's signature
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._spoken(row)
        return self._fact(row, role)

    def _spoken(self, row: R) -> str:
        """Return the row as a sentence for screen readers."""
        raise NotImplementedError

    def _fact(self, row: R, role: int) -> object:
        """Return what the delegate and the view ask for by `role`."""
        raise NotImplementedError

    def rows(self) -> Sequence[R]:
        """Return all rows, in order."""
        return tuple(self._rows)

    def _insert_rows(self, at: int, rows: Sequence[R]) -> None:
        self.beginInsertRows(ROOT, at, at + len(rows) - 1)
        self._rows[at:at] = rows
        self.endInsertRows()

    def _remove_rows(self, start: int, end: int) -> None:
        """Remove the rows from `start` up to, not including, `end`."""
        self.beginRemoveRows(ROOT, start, end - 1)
        del self._rows[start:end]
        self.endRemoveRows()

    def _put(self, at: int, row: R) -> None:
        self._rows[at] = row
        self.dataChanged.emit(self.index(at), self.index(at))
