"""Ranked list of what happened most often: name, bar, count and note."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from wxdesk.i18n import number_text
from wxdesk.ui.look.theme import Size, Theme, font
from wxdesk.ui.widgets.labels import plain_tip
from wxdesk.ui.widgets.painting import RIGHT, paint_text
from wxdesk.ui.widgets.row_list import Index

ROW = 30
BAR = 10
GAP = 10
ROW_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Ranked:
    """A row; `share` is the length of its bar from 0 to 1, None without a bar."""

    name: str
    value: int
    share: float | None = None
    note: str = ""
    note_role: str = "secondary"


class RankModel(QAbstractListModel):
    """The rows, most frequent first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Ranked, ...] = ()
        self.value_width = self.note_width = 0

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return "  ".join(part for part in (row.name, number_text(row.value), row.note) if part)
        return plain_tip(row.name) if role == Qt.ItemDataRole.ToolTipRole else None

    def replace(self, rows: Sequence[Ranked]) -> None:
        """Show these rows."""
        if tuple(rows) != self.rows:
            self.beginResetModel()
            self.rows = tuple(rows)
            value, note = (QFontMetrics(face) for face in (_VALUE(), _NOTE()))
            self.value_width = max((value.horizontalAdvance(number_text(row.value)) for row in rows), default=0) + 1
            self.note_width = max((note.horizontalAdvance(row.note) for row in rows), default=0) + 1
            self.endResetModel()


_VALUE = partial(font, strong=True, tabular=True)
_NOTE = partial(font, Size.SMALL, tabular=True)


class RankDelegate(QStyledItemDelegate):
    """Paints a row, its numbers as wide as the widest."""

    def __init__(self, ranks: RankModel, parent: QObject) -> None:
        super().__init__(parent)
        self._ranks = ranks

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Ranked = index.data(ROW_ROLE)
        theme, rect = Theme.current(), option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.color("accent"))
            painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 1.5, -0.5, -1.5), 4, 4)
        ranks, right = self._ranks, rect.right() + 1
        note = min(ranks.note_width, rect.width() // 2) if row.note else 0
        if note:
            remark = QRect(right - note, rect.top(), note, rect.height())
            paint_text(painter, remark, row.note, _NOTE(), theme.color(row.note_role))
        left = right - note - ranks.value_width - (GAP if note else 0)
        value = QRect(left, rect.top(), ranks.value_width, rect.height())
        paint_text(painter, value, number_text(row.value), _VALUE(strong=not note), theme.color("text"), RIGHT)
        room = value.left() - GAP - rect.left()
        name = room if row.share is None else min(room * 45 // 100, 180)
        words = " ".join(row.name.split())
        beside = QRect(rect.left(), rect.top(), name, rect.height())
        paint_text(painter, beside, words, font(tabular=True), theme.color("text"))
        if row.share is not None:
            length = max(BAR, (room - name - GAP) * row.share)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_fill"))
            top = rect.center().y() + 0.5 - BAR / 2
            painter.drawRoundedRect(QRectF(rect.left() + name + GAP, top, length, BAR), BAR / 2, BAR / 2)
        painter.restore()


class RankList(QListView):
    """The list, as high as its rows; the page scrolls, not the list."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.ranks = RankModel(self)
        self.setModel(self.ranks)
        self.setItemDelegate(RankDelegate(self.ranks, self))
        self.setAccessibleName(name)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setUniformItemSizes(True)

    def show_rows(self, rows: Sequence[Ranked]) -> None:
        """Show these rows."""
        self.ranks.replace(rows)
        self.setFixedHeight(max(1, len(rows)) * ROW)
