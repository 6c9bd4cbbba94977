"""List model of rules or templates, one of them perhaps with unsaved changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex

type AnyIndex = QModelIndex | QPersistentModelIndex


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


class RecordModel[R: Record](QAbstractListModel):
    """List model of the shown records in their order; subclasses supply the row data."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[R] = []
        self._unsaved: int | None = None

    def record_at(self, index: AnyIndex) -> R | None:
        """The record of an index, or None for an invalid one."""
        return self._rows[index.row()] if index.isValid() else None

    def record(self, record_id: int) -> R | None:
        """The record of an id, if it is shown."""
        return next((one for one in self._rows if one.id == record_id), None)

    def row_of(self, record_id: int) -> int:
        """The row of a record, or -1."""
        return next((row for row, one in enumerate(self._rows) if one.id == record_id), -1)

    def mark_unsaved(self, record_id: int | None) -> None:
        """Mark the row whose changes are not saved yet; None for no row."""
        if record_id != self._unsaved:
            self._unsaved = record_id
            self._all_changed()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        return 0 if parent.isValid() else len(self._rows)

    def _show_rows(self, rows: Sequence[R]) -> None:
        """Show these; rows and selection stay where only contents changed."""
        if [one.id for one in rows] == [one.id for one in self._rows]:
            self._rows = list(rows)
            self._all_changed()
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def _all_changed(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))
