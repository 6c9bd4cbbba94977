"""When the rows of a list came to stand elsewhere by themselves, so that who aims at one does not hit another."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex
from PySide6.QtWidgets import QAbstractItemView

from wxdesk.desk.ports.store import Clock

READABLE = timedelta(seconds=1)
"""How long a row or bubble stands before a click or key can be meant for what it has come to offer."""


class RowShifts(QObject):
    """Watches the rows of `model` for `view`, which must get it after that: it would have chosen the next row before.

    A row goes by itself: its time is over, or its contact writes again. The next one takes its place under the mouse,
    and the keyboard goes on to it. A click or a key of that moment was meant for the one that has gone.
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
        """The operator has decided about the chosen row by key: its going is no surprise to him."""
        self._decided = QPersistentModelIndex(self._view.currentIndex())

    def chosen_is_meant(self) -> bool:
        """Whether the row that has the keyboard has it long enough, or by the operator's own doing."""
        return self._fell is None or not self._is_fresh(self._fell)

    def is_meant(self, row: int) -> bool:
        """Whether this row has stood where it stands long enough to be aimed at."""
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
