"""Rows of the open conversation, changed in the smallest steps."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import IntEnum

from PySide6.QtCore import Qt, Signal

from wxdesk.ui.inbox.lists import RowModel
from wxdesk.ui.inbox.timeline.bubble_text import accessible_entry
from wxdesk.ui.inbox.timeline.entries import TimelineEntry, hold_reason_of_entry


class EntryRole(IntEnum):
    """Data roles of the timeline."""

    ENTRY = Qt.ItemDataRole.UserRole + 1
    KEY = Qt.ItemDataRole.UserRole + 2


class TimelineModel(RowModel[TimelineEntry]):
    """The entries read so far, oldest first.

    Signals:
        changing, changed: before and after every change, so that the view can keep its scroll position.
    """

    changing = Signal()
    changed = Signal()

    def _spoken(self, row: TimelineEntry) -> str:
        return accessible_entry(row, self._clock(), hold_reason_of_entry(row, self._hold_reason_of))

    def _fact(self, row: TimelineEntry, role: int) -> object:
        if role == EntryRole.KEY:
            return row.key
        return row if role == EntryRole.ENTRY else None

    def row_of(self, key: str) -> int | None:
        """Return the index of an entry."""
        return next((row for row, entry in enumerate(self._rows) if entry.key == key), None)

    def clear(self) -> None:
        """Remove all entries."""
        self.beginResetModel()
        self._rows = []
        self.endResetModel()

    def show(self, entries: Sequence[TimelineEntry]) -> None:
        """Become `entries`; rows with the same key keep place and selection."""
        new = list(entries)
        old_keys, new_keys = {entry.key for entry in self._rows}, {entry.key for entry in new}
        kept = [entry.key for entry in self._rows if entry.key in new_keys]
        order = [entry.key for entry in new if entry.key in old_keys]
        stay = new_keys if kept == order else _in_same_order(kept, order)
        self.changing.emit()
        self._remove(stay)
        self._insert(new)
        self._refresh(new)
        self.changed.emit()

    def _remove(self, wanted: set[str]) -> None:
        """Remove unwanted rows, in runs from the end."""
        end = len(self._rows)
        while end > 0:
            start = end
            while start > 0 and self._rows[start - 1].key not in wanted:
                start -= 1
            if start < end:
                self._remove_rows(start, end)
            end = start - 1

    def _insert(self, new: Sequence[TimelineEntry]) -> None:
        """Insert missing rows, in runs from the start; the others are in order."""
        at = 0
        while at < len(new):
            next_key = self._rows[at].key if at < len(self._rows) else None
            end = at
            while end < len(new) and new[end].key != next_key:
                end += 1
            if end > at:
                self._insert_rows(at, new[at:end])
            at = end + 1

    def _refresh(self, new: Sequence[TimelineEntry]) -> None:
        for row, entry in enumerate(new):
            if self._rows[row] is not entry and self._rows[row] != entry:
                self._put(row, entry)


def _in_same_order(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Return the keys that need not move when others take another place."""
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return {key for block in blocks for key in before[block.a : block.a + block.size]}
