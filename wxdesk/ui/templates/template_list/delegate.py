"""Paints a template's row: title and shortcut, content, and use."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from wxdesk.i18n import tr
from wxdesk.ui.editing.record_view import paint_elided, paint_row_background
from wxdesk.ui.look.theme import Measure, Size, Theme, font
from wxdesk.ui.templates.template_list.model import Role

LEFT, RIGHT = 16, 14
LINE = 19


class TemplateDelegate(QStyledItemDelegate):
    """Delegate that paints a row in three lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, Measure.ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = Theme.current()
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row_background(painter, rect, option.state, theme)
        line = QRect(rect.left() + LEFT, rect.top() + 9, rect.width() - LEFT - RIGHT, LINE)
        _title(painter, QRect(line), index, theme)
        line.moveTop(line.top() + LINE + 1)
        painter.setFont(font(Size.SMALL))
        painter.setPen(theme.color("secondary"))
        paint_elided(painter, line, index.data(Role.TEXT))
        line.moveTop(line.top() + LINE)
        _facts(painter, line, index, theme)
        painter.restore()


def _title(painter: QPainter, line: QRect, index: QModelIndex | QPersistentModelIndex, theme: Theme) -> None:
    shortcut = index.data(Role.SHORTCUT)
    if shortcut:
        face = font(Size.SMALL)
        wide = min(QFontMetrics(face).horizontalAdvance(shortcut), line.width() // 2)
        place = QRect(line.right() - wide, line.top(), wide + 1, line.height())
        painter.setFont(face)
        painter.setPen(theme.color("accent"))
        paint_elided(painter, place, shortcut)
        line.setRight(place.left() - 10)
    painter.setFont(font(Size.BODY, strong=True))
    painter.setPen(theme.color("text"))
    paint_elided(painter, line, index.data(Qt.ItemDataRole.DisplayRole))


def _facts(painter: QPainter, line: QRect, index: QModelIndex | QPersistentModelIndex, theme: Theme) -> None:
    if index.data(Role.UNSAVED):
        mark = tr("Not saved")
        painter.setPen(theme.color("pending"))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, mark)
        line.setLeft(line.left() + QFontMetrics(painter.font()).horizontalAdvance(mark + "  "))
    painter.setPen(theme.color("secondary"))
    paint_elided(painter, line, index.data(Role.FACTS))
