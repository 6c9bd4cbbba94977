"""Rows of two or three lines: a head, and texts about it."""

from msgspec import Struct
from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from wxdesk.ui.look.theme import Size, color_of, sentence_font
from wxdesk.ui.widgets.painting import paint_row, paint_text
from wxdesk.ui.widgets.row_list import RECORD, Index, RowDelegate, RowModel

ROW = 56
LINE = 20
"""Additional pixels of a row with three lines."""

EDGE = 24


class ReviewRow(Struct, frozen=True):
    """Texts of a row: head, `text` in the colour `role`, and a plain third line."""

    head: str
    text: str
    role: str = "secondary"
    more: str = ""

    @property
    def told(self) -> str:
        """All texts of the row, unabridged."""
        return "\n".join(filter(None, (self.head, self.text, self.more)))


class ReviewRows(RowModel[ReviewRow]):
    """Model of the rows; their meaning is known to the caller."""

    def _title(self, row: ReviewRow) -> str:
        return row.head

    def _accessible_text(self, row: ReviewRow) -> str:
        return f"{row.head}: {row.text}" + (f", {row.more}" if row.more else "")

    def _tip(self, row: ReviewRow) -> str:
        return row.told


class ReviewDelegate(RowDelegate[ReviewRow]):
    """Delegate for the head and one or two lines below, `edge` pixels from the side."""

    def __init__(self, parent: QObject | None = None, edge: int = EDGE) -> None:
        super().__init__(parent)
        self._edge = edge

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return a row's size; all rows of a review have the same number of lines."""
        row: ReviewRow = index.data(RECORD)
        return QSize(200, ROW + (LINE if row.more else 0))

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, row: ReviewRow) -> None:
        rect = option.rect
        paint_row(painter, option)
        inside = rect.adjusted(self._edge, 8, -self._edge, -8)
        above = inside.adjusted(0, 0, 0, -LINE if row.more else 0)
        for text, role, size, align, place in (
            (row.head, "text", Size.BODY, Qt.AlignmentFlag.AlignTop, above),
            (row.text, row.role, Size.SMALL, Qt.AlignmentFlag.AlignBottom, above),
            (row.more, "text", Size.SMALL, Qt.AlignmentFlag.AlignBottom, inside),
        ):
            flags = Qt.AlignmentFlag.AlignLeft | align
            paint_text(painter, place, " ".join(text.split()), sentence_font(size), color_of(role), flags)
