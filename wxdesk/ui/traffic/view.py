"""Table view that follows the newest line while scrolled to the top."""

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from wxdesk.ui.look.icons import pixmap
from wxdesk.ui.look.theme import Size, Theme, font
from wxdesk.ui.traffic.entries import TrafficLine
from wxdesk.ui.traffic.model import LINE, Column, TrafficFilter
from wxdesk.ui.widgets.painting import RIGHT, paint_text
from wxdesk.ui.widgets.row_list import Index

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
        theme = Theme.current()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen or index.row() == self.hovered_row:
            painter.fillRect(rect, theme.color("selection" if chosen else "hover"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        if chosen and index.column() == Column.TIME and bool(state & QStyle.StateFlag.State_Active):
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), theme.color("accent_fill"))
        self._cell(painter, rect.adjusted(PAD, 0, -PAD, -1), line, Column(index.column()), theme)
        painter.restore()

    def _cell(self, painter: QPainter, rect: QRect, line: TrafficLine, column: Column, theme: Theme) -> None:
        match column:
            case Column.TIME:
                paint_text(painter, rect, line.time, font(tabular=True), theme.color("secondary"))
            case Column.WHAT:
                top = rect.top() + (rect.height() - ICON) // 2
                name = "arrow-left" if line.incoming else "arrow-right"
                painter.drawPixmap(QPoint(rect.left(), top), pixmap(name, "faint", ICON))
                paint_text(painter, rect.adjusted(ICON + 6, 0, 0, 0), line.what, font(), theme.color("text"))
            case Column.RESULT:
                paint_text(painter, rect, line.result, font(strong=True), theme.color(line.tone.value))
            case Column.CONTENT:
                used = paint_text(painter, rect, line.who, font(), theme.color("text"))
                beside = rect.adjusted(used + GAP if used else 0, 0, 0, 0)
                paint_text(painter, beside, line.said, font(), theme.color("secondary"))
            case Column.TOOK:
                paint_text(painter, rect, line.took, font(tabular=True), theme.color("text"), RIGHT)


class TrafficView(QTableView):
    """Table that follows new lines while at the top, else stays in place and counts.

    Signals:
        unseen_changed: the number of new lines above the visible ones; 0 while following.
    """

    unseen_changed = Signal(int)

    def __init__(self, model: TrafficFilter) -> None:
        super().__init__()
        self.unseen = 0
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
        model.modelReset.connect(self._forget)
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
        self._forget()

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

    def _forget(self) -> None:
        self._count(0)

    def _count(self, unseen: int) -> None:
        if unseen != self.unseen:
            self.unseen = unseen
        self.unseen_changed.emit(unseen)
