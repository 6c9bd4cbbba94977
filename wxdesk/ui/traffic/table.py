"""Table of the newest requests and calls: its model, filters and view.

Entries come from the desk's memory, their content from the store. The two are joined here, because a push
is seen before its message has been made.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from functools import partial
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPoint,
    QRect,
    QRectF,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from wxdesk.core.events import PushSeen
from wxdesk.core.model.traces import PushTrace, ReplyTrace
from wxdesk.core.setup.findings import TOKEN_CALLS
from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size, color_of, font
from wxdesk.ui.traffic.entries import TrafficEntry, TrafficLine, line_of
from wxdesk.ui.widgets.painting import RIGHT, paint_edge, paint_focus, paint_icon, paint_text, painting
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

    def problems(self, fits: Callable[[TrafficLine], bool]) -> int:
        """Count the lines that fit and have a problem."""
        return sum(line.is_problem and fits(line) for line in self._lines)

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

    def learn(self, traces: Iterable[PushTrace | ReplyTrace]) -> None:
        """Show what the store knows about pushes and about the replies of calls."""
        found = {(one.account, one.key) if isinstance(one, PushTrace) else one.reply.id: one for one in traces}
        for row, (line, entry) in enumerate((line, line.entry) for line in self._lines):
            trace = found.get((entry.account, entry.key) if isinstance(entry, PushSeen) else entry.reply_id or 0)
            if trace is not None and trace not in (line.push, line.reply):
                self._lines[row] = line_of(entry, trace)
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))


type FitsKind = Callable[[TrafficLine], bool]

KINDS: dict[str, FitsKind] = {
    "All kinds": lambda _: True,
    "From WeChat": lambda line: line.incoming,
    "Customers' messages": lambda line: line.incoming and line.kind not in ("", "event"),
    "WeChat's events": lambda line: line.incoming and line.kind == "event",
    "Checks and visits": lambda line: line.incoming and not line.kind,
    "To WeChat": lambda line: not line.incoming,
    "Our replies": lambda line: line.kind == "custom/send",
    "Typing": lambda line: line.kind.endswith("/typing"),
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

    def choose(self, kind: str = "", account: str = "", phrase: str = "", *, problems: bool = False) -> None:
        """Show lines of one of `KINDS` and an account with `phrase` in them; empty: all."""
        self._fits, self._account, self._problems = KINDS.get(kind), account, problems
        self._phrase = phrase.strip().casefold()
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802 - Qt's name
        line: TrafficLine = self.sourceModel().index(row, 0, parent).data(LINE)
        return self.fits(line) and (line.is_problem or not self._problems)

    def fits(self, line: TrafficLine) -> bool:
        """Tell if a line is of the chosen kind and account and has the phrase in it."""
        of_kind = self._fits is None or self._fits(line)
        of_account = not self._account or line.entry.account == self._account
        return of_kind and of_account and (not self._phrase or line.contains(self._phrase))


def _accessible_text(line: TrafficLine) -> str:
    direction = tr("in") if line.incoming else tr("out")
    return ", ".join(part for part in (line.time, direction, line.what, line.result, line.who, line.said) if part)


ROW = 38
HEADER = 36
PAD = 14
ICON = 14
GAP = 14


class TrafficDelegate(QStyledItemDelegate):
    """Paints a cell; a row's background and lower line belong to all its cells."""

    hovered_row = -1

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: TrafficLine = index.data(LINE)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen or index.row() == self.hovered_row:
            painter.fillRect(rect, color_of("selection" if chosen else "hover"))
        paint_edge(painter, rect)
        if chosen and index.column() == Column.TIME and bool(state & QStyle.StateFlag.State_Active):
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), color_of("accent_fill"))
        self._cell(painter, rect.adjusted(PAD, 0, -PAD, -1), line, Column(index.column()))
        painter.restore()

    def _cell(self, painter: QPainter, rect: QRect, line: TrafficLine, column: Column) -> None:
        match column:
            case Column.TIME:
                paint_text(painter, rect, line.time, font(tabular=True), color_of("secondary"))
            case Column.WHAT:
                top = rect.top() + (rect.height() - ICON) // 2
                name = "arrow-left" if line.incoming else "arrow-right"
                paint_icon(painter, QPoint(rect.left(), top), name, "faint", ICON)
                paint_text(painter, rect.adjusted(ICON + 6, 0, 0, 0), line.what, font(), color_of("text"))
            case Column.RESULT:
                paint_text(painter, rect, line.result, font(strong=True), color_of(line.tone.value))
            case Column.CONTENT:
                used = paint_text(painter, rect, line.who, font(), color_of("text"))
                beside = rect.adjusted(used + GAP if used else 0, 0, 0, 0)
                paint_text(painter, beside, line.said, font(), color_of("secondary"))
            case Column.TOOK:
                paint_text(painter, rect, line.took, font(tabular=True), color_of("text"), RIGHT)


class TrafficView(QTableView):
    """Table that follows new lines while at the top, else stays in place and counts.

    `tell` gets the number of new lines above the visible ones, 0 while it follows.
    """

    def __init__(self, model: TrafficFilter, tell: Callable[[int], None]) -> None:
        super().__init__()
        self.unseen = 0
        self._tell = tell
        self._delegate = TrafficDelegate(self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self._lay_out_headers()
        model.rowsInserted.connect(self._stay)
        model.modelReset.connect(partial(self._count, 0))
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def _lay_out_headers(self) -> None:
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(ROW)
        rows.setDefaultSectionSize(ROW)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(Column.CONTENT, QHeaderView.ResizeMode.Stretch)
        columns.setMinimumSectionSize(60)
        columns.setFixedHeight(HEADER)
        columns.setHighlightSections(False)
        columns.setSectionsClickable(False)
        columns.setFont(font(Size.SMALL, strong=True))

    def follow(self) -> None:
        """Go to the newest line and follow from there."""
        self.scrollToTop()
        self._count(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow = self.viewport().width() < 800
        time = QFontMetrics(font(Size.BODY, tabular=True)).horizontalAdvance("00:00:00.000") + 2 * PAD
        for column, width in (
            (Column.TIME, time + 8),
            (Column.WHAT, 148 if narrow else 162),
            (Column.RESULT, 140 if narrow else 164),
            (Column.TOOK, 92),
        ):
            self.setColumnWidth(column, width)
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus() and self.currentIndex().isValid():
            row = QRectF(0, self.visualRect(self.currentIndex()).y(), self.viewport().width(), ROW)
            with painting(self.viewport()) as painter:
                paint_focus(painter, row.adjusted(2, 2, -2, -3))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.indexAt(event.position().toPoint()).row())
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def _hover(self, row: int) -> None:
        if row != self._delegate.hovered_row:
            self._delegate.hovered_row = row
            self.viewport().update()

    def _stay(self, _parent: QModelIndex, first: int, last: int) -> None:
        bar = self.verticalScrollBar()
        if first > 0 or bar.value() == 0:
            return
        count = last - first + 1
        bar.setMaximum(bar.maximum() + count * ROW)
        bar.setValue(bar.value() + count * ROW)
        self._count(self.unseen + count)

    def _scrolled(self, value: int) -> None:
        self._count(min(self.unseen, -(-value // ROW)))

    def _count(self, unseen: int) -> None:
        self.unseen = unseen
        self._tell(unseen)
