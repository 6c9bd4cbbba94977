"""Ranked list of what happened most often: name, bar, count and note."""

from collections.abc import Sequence
from functools import partial

from msgspec import Struct
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QSizePolicy, QStyle, QStyleOptionViewItem

from wxdesk.i18n import number_text
from wxdesk.ui.look.theme import Size, color_of, font
from wxdesk.ui.widgets.painting import RIGHT, paint_box, paint_text
from wxdesk.ui.widgets.row_list import Index, RowDelegate, RowList, RowModel

ROW = 30
BAR = 10
GAP = 10
LEAST_NAME = 84
"""Width that a name keeps; the bar has what is left, if it is enough."""


class Ranked(Struct, frozen=True):
    """A row; `share` is the length of its bar from 0 to 1, None without a bar."""

    name: str
    value: int
    share: float | None = None
    note: str = ""
    note_role: str = "secondary"


class RankModel(RowModel[Ranked]):
    """The rows, most frequent first."""

    value_width = note_width = 0

    def _accessible_text(self, row: Ranked) -> str:
        return "  ".join(part for part in (row.name, number_text(row.value), row.note) if part)

    def _tip(self, row: Ranked) -> str:
        return row.name

    def replace(self, rows: Sequence[Ranked]) -> None:
        """Show these rows."""
        if tuple(rows) != self.rows():
            value, note = (QFontMetrics(face) for face in (_VALUE(), _NOTE()))
            self.value_width = max((value.horizontalAdvance(number_text(row.value)) for row in rows), default=0) + 1
            self.note_width = max((note.horizontalAdvance(row.note) for row in rows), default=0) + 1
            self.replace_rows(rows)


_VALUE = partial(font, strong=True, tabular=True)
_NOTE = partial(font, Size.SMALL, tabular=True)


class RankDelegate(RowDelegate[Ranked]):
    """Paints a row, its numbers as wide as the widest."""

    def __init__(self, ranks: RankModel) -> None:
        super().__init__()
        self._ranks = ranks

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, row: Ranked) -> None:
        rect = option.rect
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_box(painter, QRectF(rect).adjusted(0.5, 1.5, -0.5, -1.5), 4, line="accent")
        ranks, right = self._ranks, rect.right() + 1
        room = rect.width() - ranks.value_width - GAP
        note = max(0, min(ranks.note_width, room - LEAST_NAME - GAP)) if row.note else 0
        if note:
            remark = QRect(right - note, rect.top(), note, rect.height())
            paint_text(painter, remark, row.note, _NOTE(), color_of(row.note_role))
        left = right - note - ranks.value_width - (GAP if note else 0)
        value = QRect(left, rect.top(), ranks.value_width, rect.height())
        paint_text(painter, value, number_text(row.value), _VALUE(strong=not note), color_of("text"), RIGHT)
        room = value.left() - GAP - rect.left()
        name = room if row.share is None else min(room, max(room * 45 // 100, LEAST_NAME), 180)
        words = " ".join(row.name.split())
        beside = QRect(rect.left(), rect.top(), name, rect.height())
        paint_text(painter, beside, words, font(tabular=True), color_of("text"))
        if row.share is not None and room - name - GAP > 3 * BAR:
            length = max(BAR, (room - name - GAP) * row.share)
            bar = QRectF(rect.left() + name + GAP, rect.center().y() + 0.5 - BAR / 2, length, BAR)
            paint_box(painter, bar, BAR / 2, "accent_fill")


class RankList(RowList):
    """The list, as high as its rows; the page scrolls, not the list."""

    def __init__(self, name: str) -> None:
        self.ranks = RankModel()
        super().__init__(self.ranks, RankDelegate(self.ranks), name)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[Ranked]) -> None:
        """Show these rows."""
        self.ranks.replace(rows)
        self.setFixedHeight(max(1, len(rows)) * ROW)
