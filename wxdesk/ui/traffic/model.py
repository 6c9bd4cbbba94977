"""Table model of the newest requests and calls, newest first.

Entries come from the desk's memory, their content from the store. The two are joined here, because a push
is seen before its message has been made.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QSortFilterProxyModel, Qt

from wxdesk.core.events import PushSeen
from wxdesk.core.model.traces import PushTrace, ReplyTrace
from wxdesk.core.setup.verdicts import TOKEN_CALLS
from wxdesk.i18n import tr
from wxdesk.ui.traffic.entries import MESSAGE_KINDS, Tone, TrafficEntry, TrafficLine, line_of
from wxdesk.ui.widgets.row_list import Index

MOST = 2000
"""Most lines; the oldest are dropped, as they are in the desk."""


class Column(IntEnum):
    """The columns from left to right."""

    TIME = 0
    WHAT = 1
    RESULT = 2
    CONTENT = 3
    TOOK = 4


LINE = Qt.ItemDataRole.UserRole
"""Role of a row's `TrafficLine`."""


class TrafficModel(QAbstractTableModel):
    """Lines of traffic; `wanted_…` lists those whose stored rows are not found yet."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[TrafficLine] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if role == LINE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            texts = line.time, line.what, line.result, f"{line.who}    {line.said}".strip(), line.took
            return texts[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _accessible_text(line)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == Column.TOOK:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (tr("Time"), tr("What"), tr("Result"), tr("Content"), tr("Took"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == Column.TOOK else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def replace(self, entries: Iterable[TrafficEntry]) -> None:
        """Show these entries instead, newest first."""
        self.beginResetModel()
        self._lines = [line_of(entry) for entry in entries][:MOST]
        self.endResetModel()

    def prepend(self, entries: Sequence[TrafficEntry]) -> None:
        """Put newer entries (oldest first) on top, without those already shown."""
        known = {id(line.entry) for line in self._lines[: len(entries) + 200]}
        fresh = [line_of(entry) for entry in reversed(entries) if id(entry) not in known][:MOST]
        if not fresh:
            return
        over = len(self._lines) + len(fresh) - MOST
        if over > 0:
            self.beginRemoveRows(QModelIndex(), len(self._lines) - over, len(self._lines) - 1)
            del self._lines[-over:]
            self.endRemoveRows()
        self.beginInsertRows(QModelIndex(), 0, len(fresh) - 1)
        self._lines[:0] = fresh
        self.endInsertRows()

    def problems(self) -> int:
        """Count the lines with a problem."""
        return sum(line.tone is not Tone.GOOD for line in self._lines)

    def reaches_back(self) -> bool:
        """Tell if there are lines of an earlier run, of which less is kept."""
        return bool(self._lines) and self._lines[-1].entry.milliseconds < 0

    def wanted_pushes(self) -> list[tuple[str, str]]:
        """List account and key of each push whose message may still be found."""
        return [
            (entry.account, entry.key)
            for line in self._lines
            if isinstance(entry := line.entry, PushSeen)
            and entry.key
            and (line.push is None or not (line.push.derived or line.push.note))
        ]

    def wanted_replies(self) -> list[int]:
        """List the replies of calls that have not been found yet."""
        return [
            entry.reply_id
            for line in self._lines
            if not isinstance(entry := line.entry, PushSeen) and entry.reply_id is not None and line.reply is None
        ]

    def learn_pushes(self, traces: Iterable[PushTrace]) -> None:
        """Show what the store knows about pushes."""
        found = {(trace.account, trace.key): trace for trace in traces}
        for row, (line, entry) in enumerate((line, line.entry) for line in self._lines):
            trace = found.get((entry.account, entry.key)) if isinstance(entry, PushSeen) else None
            if trace is not None and trace != line.push:
                self._change(row, line_of(entry, push=trace))

    def learn_replies(self, traces: Iterable[ReplyTrace]) -> None:
        """Show what the store knows about the replies of calls."""
        found = {trace.reply.id: trace for trace in traces}
        for row, (line, entry) in enumerate((line, line.entry) for line in self._lines):
            trace = None if isinstance(entry, PushSeen) else found.get(entry.reply_id or 0)
            if trace is not None and trace != line.reply:
                self._change(row, line_of(entry, reply=trace))

    def _change(self, row: int, line: TrafficLine) -> None:
        self._lines[row] = line
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))


type FitsKind = Callable[[TrafficLine], bool]

KINDS: dict[str, FitsKind] = {
    "All kinds": lambda _: True,
    "From WeChat": lambda line: line.incoming,
    "Customers' messages": lambda line: line.incoming and line.kind in MESSAGE_KINDS,
    "WeChat's events": lambda line: line.incoming and line.kind == "event",
    "Checks and visits": lambda line: line.incoming and not line.kind,
    "To WeChat": lambda line: not line.incoming,
    "Our replies": lambda line: line.kind == "custom/send",
    "Typing": lambda line: line.kind == "custom/typing",
    "Pictures": lambda line: line.kind.startswith("media/"),
    "Access tokens": lambda line: line.kind in TOKEN_CALLS,
}
"""Kinds of lines to narrow the table to, by their names."""


class TrafficFilter(QSortFilterProxyModel):
    """Filters the lines by kind, account, problems and a phrase."""

    def __init__(self, source: TrafficModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fits: FitsKind | None = None
        self._account = ""
        self._problems = False
        self._phrase = ""
        self.setSourceModel(source)

    def choose(self, kind: str = "", account: str = "", *, problems: bool = False) -> None:
        """Choose a name of `KINDS` and an account, and all or problems only; empty is all."""
        self._fits, self._account, self._problems = KINDS.get(kind), account, problems
        self.invalidate()

    def search(self, phrase: str) -> None:
        """Show only lines in which `phrase` occurs."""
        self._phrase = phrase.strip().casefold()
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802 - Qt's name
        line: TrafficLine = self.sourceModel().index(row, 0, parent).data(LINE)
        if self._fits is not None and not self._fits(line):
            return False
        if self._account and line.entry.account != self._account:
            return False
        if self._problems and line.tone is Tone.GOOD:
            return False
        return not self._phrase or line.contains(self._phrase)


def _accessible_text(line: TrafficLine) -> str:
    direction = tr("in") if line.incoming else tr("out")
    return ", ".join(part for part in (line.time, direction, line.what, line.result, line.who, line.said) if part)
