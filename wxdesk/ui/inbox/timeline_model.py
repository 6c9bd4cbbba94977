"""The open conversation's rows. They change by the smallest steps, so that the view moves nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from wxdesk.desk.ports import Clock
from wxdesk.ui.inbox.bubble_words import spoken_entry
from wxdesk.ui.inbox.timeline_entries import Entry, standstill_of_entry
from wxdesk.ui.standing import StandstillOf, nothing_holds

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

    def __init__(
        self, clock: Clock, standstill_of: StandstillOf = nothing_holds, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._standstill_of = standstill_of
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
                return spoken_entry(entry, self._clock(), standstill_of_entry(entry, self._standstill_of))
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
        """Become `entries`: whatever has the same key stays, in its place and with its selection."""
        new = list(entries)
        old_keys, new_keys = {entry.key for entry in self._entries}, {entry.key for entry in new}
        kept = [entry.key for entry in self._entries if entry.key in new_keys]
        in_order = kept == [entry.key for entry in new if entry.key in old_keys]
        self.changing.emit()
        self._remove(new_keys if in_order else set())
        self._insert(new)
        self._refresh(new)
        self.changed.emit()

    def _remove(self, wanted: set[str]) -> None:
        """Take away what is not wanted, in runs from the end."""
        end = len(self._entries)
        while end > 0:
            start = end
            while start > 0 and self._entries[start - 1].key not in wanted:
                start -= 1
            if start < end:
                self.beginRemoveRows(_ROOT, start, end - 1)
                del self._entries[start:end]
                self.endRemoveRows()
            end = start - 1

    def _insert(self, new: Sequence[Entry]) -> None:
        """Put in what is missing, in runs from the start; what is there stands in the order of `new`."""
        at = 0
        while at < len(new):
            next_key = self._entries[at].key if at < len(self._entries) else None
            end = at
            while end < len(new) and new[end].key != next_key:
                end += 1
            if end > at:
                self.beginInsertRows(_ROOT, at, end - 1)
                self._entries[at:at] = new[at:end]
                self.endInsertRows()
            at = end + 1

    def _refresh(self, new: Sequence[Entry]) -> None:
        """Put in the new state of entries whose key stayed."""
        for row, entry in enumerate(new):
            if self._entries[row] is not entry and self._entries[row] != entry:
                self._entries[row] = entry
                self.dataChanged.emit(self.index(row), self.index(row))
