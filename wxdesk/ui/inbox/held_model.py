"""The rows of a list of held replies: whose they are, what they say, and where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wxdesk.desk.inbox_reading import HeldReply
from wxdesk.desk.ports import Clock
from wxdesk.i18n import tr
from wxdesk.ui.inbox.timeline_entries import reply_text
from wxdesk.ui.standing import Standing, StandstillOf, nothing_holds, standing_of_reply
from wxdesk.ui.standstills import standstill_of_held
from wxdesk.ui.words import name_of

_ROOT = QModelIndex()

type Index = QModelIndex | QPersistentModelIndex


class HeldRole(IntEnum):
    """What the delegate and the view ask for."""

    HELD = Qt.ItemDataRole.UserRole + 1
    STANDING = Qt.ItemDataRole.UserRole + 2


class HeldModel(QAbstractListModel):
    """Held replies in the order in which they ask for the operator. A countdown only has to be repainted."""

    def __init__(
        self, clock: Clock, standstill_of: StandstillOf = nothing_holds, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._standstill_of = standstill_of
        self._held: list[HeldReply] = []

    def rowCount(self, parent: Index = _ROOT) -> int:
        """How many there are."""
        return 0 if parent.isValid() else len(self._held)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's signature
        """The reply with its contact, where it stands now, or the sentence that a screen reader says."""
        if not index.isValid() or not 0 <= index.row() < len(self._held):
            return None
        held = self._held[index.row()]
        match role:
            case HeldRole.HELD:
                return held
            case HeldRole.STANDING:
                return self._standing(held)
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return spoken_held(held, self._standing(held))
        return None

    def held(self) -> Sequence[HeldReply]:
        """All of them, in order."""
        return tuple(self._held)

    def show(self, held: Sequence[HeldReply]) -> None:
        """Show these. Rows that go or come do so one by one, so that the chosen one stays chosen."""
        wanted = {one.reply.id for one in held}
        for row in reversed(range(len(self._held))):
            if self._held[row].reply.id not in wanted:
                self.beginRemoveRows(_ROOT, row, row)
                del self._held[row]
                self.endRemoveRows()
        for row, one in enumerate(held):
            self._place(row, one)

    def _place(self, row: int, one: HeldReply) -> None:
        at = next((i for i, known in enumerate(self._held) if known.reply.id == one.reply.id), None)
        if at is None:
            self.beginInsertRows(_ROOT, row, row)
            self._held.insert(row, one)
            self.endInsertRows()
            return
        if at != row:  # everything before `row` is in its place, so it can only come from below
            self.beginMoveRows(_ROOT, at, at, _ROOT, row)
            self._held.insert(row, self._held.pop(at))
            self.endMoveRows()
        if self._held[row] != one:
            self._held[row] = one
            self.dataChanged.emit(self.index(row), self.index(row))

    def _standing(self, held: HeldReply) -> Standing:
        return standing_of_reply(held.reply, self._clock(), standstill_of_held(held, self._standstill_of))


def spoken_held(held: HeldReply, standing: Standing) -> str:
    """A row as one sentence, with what its keys do."""
    keys = tr("Enter opens it, Ctrl+Enter sends it, Delete stops it")
    return ", ".join((name_of(held.contact), held_text(held), standing.text, keys))


def held_text(held: HeldReply) -> str:
    """What a row says; of an answer whose parts ask, how many they are, and the first of them."""
    words = " ".join(reply_text(held.reply).split())
    return tr("{n} parts: {words}", n=held.asking, words=words) if held.asking else words
