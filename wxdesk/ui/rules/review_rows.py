"""Rows of two lines: a head and what there is to say about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from wxdesk.ui.theme import Size, Theme, sentence_font

type AnyIndex = QModelIndex | QPersistentModelIndex

ROW = 56
EDGE = 24


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """`role` is the colour of the theme in which the second line is written."""

    head: str
    text: str
    role: str = "secondary"


class Role(IntEnum):
    """What a row tells beside its head (DisplayRole)."""

    ROW = Qt.ItemDataRole.UserRole + 1


class ReviewRows(QAbstractListModel):
    """The rows; what they stand for is known to whoever shows them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[ReviewRow, ...] = ()

    def show(self, rows: Sequence[ReviewRow]) -> None:
        """Show these."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        """As many as were given."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """One row."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.head
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{row.head}: {row.text}"
            case Role.ROW:
                return row
        return None


class ReviewDelegate(QStyledItemDelegate):
    """Head, and one line below it, so many pixels from the `edge`."""

    def __init__(self, parent: QObject | None = None, edge: int = EDGE) -> None:
        super().__init__(parent)
        self._edge = edge

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Every row is as high."""
        return QSize(200, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw the row."""
        theme = Theme.current()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        row: ReviewRow = index.data(Role.ROW)
        painter.save()
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.color("selection" if chosen else "hover"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line"))
        inside = rect.adjusted(self._edge, 8, -self._edge, -8)
        for text, role, size, align in (
            (row.head, "text", Size.BODY, Qt.AlignmentFlag.AlignTop),
            (row.text, row.role, Size.SMALL, Qt.AlignmentFlag.AlignBottom),
        ):
            painter.setFont(sentence_font(size))
            painter.setPen(theme.color(role))
            line = " ".join(text.split())
            shown = QFontMetrics(painter.font()).elidedText(line, Qt.TextElideMode.ElideRight, inside.width())
            painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | align, shown)
        painter.restore()
