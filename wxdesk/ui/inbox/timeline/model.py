"""The open conversation's rows. They change by the smallest steps, so that the view moves nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import Qt, Signal

from wxdesk.ui.inbox.lists.row_model import RowModel
from wxdesk.ui.inbox.timeline.bubble_text import spoken_entry
from wxdesk.ui.inbox.timeline.entries import Entry, standstill_of_entry


class EntryRole(IntEnum):
    """What the delegate and the view ask for."""

    ENTRY = Qt.ItemDataRole.UserRole + 1
    KEY = Qt.ItemDataRole.UserRole + 2


class TimelineModel(RowModel[Entry]):
    """The entries read so far, oldest first.

    Signals:
        changing, changed: round every change, so that the view can keep what is being read in its place.
    """

    changing = Signal()
    changed = Signal()

    def spoken(self, row: Entry) -> str:
        """What a screen reader says of an entry."""
        return spoken_entry(row, self._clock(), standstill_of_entry(row, self._standstill_of))

    def fact(self, row: Entry, role: int) -> object:
        """The entry itself, or its key."""
        match role:
            case EntryRole.ENTRY:
                return row
            case EntryRole.KEY:
                return row.key
        return None

    def entries(self) -> Sequence[Entry]:
        """All entries, oldest first."""
        return self.rows()

    def row_of(self, key: str) -> int | None:
        """Where an entry stands."""
        return next((row for row, entry in enumerate(self._rows) if entry.key == key), None)

    def clear(self) -> None:
        """Show nothing; another conversation begins."""
        self.beginResetModel()
        self._rows = []
        self.endResetModel()

    def show(self, entries: Sequence[Entry]) -> None:
        """Become `entries`: whatever has the same key stays, in its place and with its selection."""
        new = list(entries)
        old_keys, new_keys = {entry.key for entry in self._rows}, {entry.key for entry in new}
        kept = [entry.key for entry in self._rows if entry.key in new_keys]
        in_order = kept == [entry.key for entry in new if entry.key in old_keys]
        self.changing.emit()
        self._remove(new_keys if in_order else set())
        self._insert(new)
        self._refresh(new)
        self.changed.emit()

    def _remove(self, wanted: set[str]) -> None:
        """Take away what is not wanted, in runs from the end."""
        end = len(self._rows)
        while end > 0:
            start = end
            while start > 0 and self._rows[start - 1].key not in wanted:
                start -= 1
            if start < end:
                self._remove_rows(start, end)
            end = start - 1

    def _insert(self, new: Sequence[Entry]) -> None:
        """Put in what is missing, in runs from the start; what is there stands in the order of `new`."""
        at = 0
        while at < len(new):
            next_key = self._rows[at].key if at < len(self._rows) else None
            end = at
            while end < len(new) and new[end].key != next_key:
                end += 1
            if end > at:
                self._insert_rows(at, new[at:end])
            at = end + 1

    def _refresh(self, new: Sequence[Entry]) -> None:
        """Put in the new state of entries whose key stayed."""
        for row, entry in enumerate(new):
            if self._rows[row] is not entry and self._rows[row] != entry:
                self._put(row, entry)
