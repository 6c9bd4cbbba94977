"""Ignores clicks and keys on rows that have just moved by themselves."""

from datetime import datetime, timedelta

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex
from PySide6.QtWidgets import QAbstractItemView

from wxdesk.desk.ports import Clock

READABLE = timedelta(seconds=1)
"""Time after a change in which clicks and keys on it are ignored."""


class ClickGuard(QObject):
    """Watches the rows of `model` for `view`; must exist before the view has a model.

    A row goes by itself when its time is over or its contact writes again. The next row takes its place under
    the mouse and gets the focus; a click or key of that moment was meant for the one before.
    """

    def __init__(self, model: QAbstractItemModel, view: QAbstractItemView, clock: Clock) -> None:
        super().__init__(view)
        self._view = view
        self._clock = clock
        self._decided = QPersistentModelIndex()
        self._fell: datetime | None = None
        self._shifts: list[tuple[datetime, int]] = []
        model.rowsAboutToBeRemoved.connect(self._leaving)
        model.rowsRemoved.connect(self._shifted)
        model.rowsInserted.connect(self._came)
        model.rowsMoved.connect(self._moved)

    def decided(self) -> None:
        """Note that the operator has decided about the current row by key."""
        self._decided = QPersistentModelIndex(self._view.currentIndex())

    def accepts_key(self) -> bool:
        """Return True if the current row has had the focus long enough."""
        return self._fell is None or not self._is_fresh(self._fell)

    def accepts_click(self, row: int) -> bool:
        """Return True if this row has stood in its place long enough."""
        return not any(first <= row and self._is_fresh(at) for at, first in self._shifts)

    def _leaving(self, _: QModelIndex, first: int, last: int) -> None:
        chosen = self._view.currentIndex()
        if first <= chosen.row() <= last:
            self._fell = None if self._decided == chosen else self._clock()

    def _came(self, parent: QModelIndex, first: int, last: int) -> None:
        if last + 1 < self._view.model().rowCount():  # what comes at the end is in nobody's way
            self._shifted(parent, first, last)

    def _moved(self, parent: QModelIndex, first: int, last: int, _: QModelIndex, to: int) -> None:
        self._shifted(parent, min(first, to), last)

    def _shifted(self, _: QModelIndex, first: int, __: int) -> None:
        fresh = [shift for shift in self._shifts if self._is_fresh(shift[0])]
        self._shifts = [*fresh, (self._clock(), first)]

    def _is_fresh(self, at: datetime) -> bool:
        # A clock that was put back must not lock the list.
        return at <= self._clock() < at + READABLE
