"""The open conversation's rows. They change by the smallest steps, so that the view moves nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from wxdesk.desk.ports import Clock
from wxdesk.ui.inbox.bubble_words import spoken_entry
from wxdesk.ui.inbox.timeline_entries import Entry

_ROOT = QModelIndex()

type Index = QModelIndex | QPersistentModelIndex


class EntryRole(IntEnum):
    """What the delegate and the view ask for."""

    ENTRY = Qt.ItemDataRole.UserRole + 1
    KEY = Qt.ItemDataRole.UserRole + 2


class TimelineModel(QAbstractListModel):
    """The entries read so far, oldest first.

    Signals:
        changing, changed: round every change, so that the view can keep what is being read in its place.
    """

    changing = Signal()
    changed = Signal()

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._entries: list[Entry] = []

    def rowCount(self, parent: Index = _ROOT) -> int:
        """The number of entries."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's signature
        """The entry itself, its key, or what a screen reader says."""
        if not index.isValid() or not 0 <= index.row() < len(self._entries):
            return None
        entry = self._entries[index.row()]
        match role:
            case EntryRole.ENTRY:
                return entry
            case EntryRole.KEY:
                return entry.key
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return spoken_entry(entry, self._clock())
        return None

    def entries(self) -> Sequence[Entry]:
        """All entries, oldest first."""
        return tuple(self._entries)

    def row_of(self, key: str) -> int | None:
        """Where an entry stands."""
        return next((row for row, entry in enumerate(self._entries) if entry.key == key), None)

    def clear(self) -> None:
        """Show nothing; another conversation begins."""
        self.beginResetModel()
        self._entries = []
        self.endResetModel()

    def show(self, entries: Sequence[Entry]) -> None:
        """Become `entries`: what is alike at both ends stays, what lies between is changed."""
        old, new = self._entries, list(entries)
        start = 0
        while start < len(old) and start < len(new) and old[start].key == new[start].key:
            start += 1
        end = 0
        while end < min(len(old), len(new)) - start and old[-1 - end].key == new[-1 - end].key:
            end += 1
        self.changing.emit()
        if len(old) - end > start:
            self.beginRemoveRows(_ROOT, start, len(old) - end - 1)
            del self._entries[start : len(old) - end]
            self.endRemoveRows()
        if len(new) - end > start:
            self.beginInsertRows(_ROOT, start, len(new) - end - 1)
            self._entries[start:start] = new[start : len(new) - end]
            self.endInsertRows()
        self._refresh(new)
        self.changed.emit()

    def _refresh(self, new: Sequence[Entry]) -> None:
        """Put in the new state of entries whose key stayed."""
        for row, entry in enumerate(new):
            if self._entries[row] is not entry and self._entries[row] != entry:
                self._entries[row] = entry
                self.dataChanged.emit(self.index(row), self.index(row))
