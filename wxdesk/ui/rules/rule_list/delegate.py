"""Paints a rule's row, and switches the rule when its switch is clicked."""

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from wxdesk.i18n import tr
from wxdesk.ui.editing.record_view import paint_elided, paint_row_background
from wxdesk.ui.look.theme import Measure, Size, Theme, font
from wxdesk.ui.rules.rule_list.model import Role

LINE = 19
CHIP_EDGE = 8
CHIP_GAP = 8
NUMBER_RIGHT = 32
TEXT_LEFT = 42
SWITCH = QSize(30, 18)
EDGE = 14


def switch_rect(row: QRect) -> QRect:
    """Return the rectangle of the switch in a row."""
    at = QRect(row.right() - EDGE - SWITCH.width(), 0, SWITCH.width(), SWITCH.height())
    at.moveTop(row.center().y() - SWITCH.height() // 2)
    return at


class RuleDelegate(QStyledItemDelegate):
    """Delegate for number, name, delivery, summary, figures or fault, and switch."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, Measure.ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = Theme.current()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row_background(painter, rect, state, theme)
        on = index.data(Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Checked
        painter.setFont(font(Size.SMALL, tabular=True))
        painter.setPen(theme.color("secondary"))
        number = QRect(rect.left(), rect.top(), NUMBER_RIGHT, rect.height())
        painter.drawText(
            number, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(index.data(Role.NUMBER))
        )
        _words(painter, rect, index, on, theme)
        draw_switch(painter, QRectF(switch_rect(rect)), on, theme)
        painter.restore()

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        if not isinstance(event, QMouseEvent) or event.button() is not Qt.MouseButton.LeftButton:
            return False
        hit = switch_rect(option.rect).adjusted(-8, -12, 8, 12)
        if not hit.contains(event.position().toPoint()):
            return False
        if event.type() is QEvent.Type.MouseButtonRelease:
            on = index.data(Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Checked
            model.setData(
                index, Qt.CheckState.Unchecked if on else Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole
            )
        return True


def draw_switch(painter: QPainter, rect: QRectF, on: bool, theme: Theme) -> None:
    """Draw a switch in a row as `ui.widgets.buttons.Switch` looks."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("accent_fill" if on else "faint"))
    painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    size = rect.height() - 4
    left = rect.right() - size - 2 if on else rect.left() + 2
    painter.setBrush(theme.color("on_accent"))
    painter.drawEllipse(QRectF(left, rect.top() + 2, size, size))


def _words(painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex, on: bool, theme: Theme) -> None:
    width = switch_rect(rect).left() - TEXT_LEFT - rect.left() - 12
    line = QRect(rect.left() + TEXT_LEFT, rect.top() + 9, width, LINE)
    _title(painter, QRect(line), index, on, theme)
    line.moveTop(line.top() + LINE + 1)
    painter.setFont(font(Size.SMALL))
    painter.setPen(theme.color("secondary"))
    off = "" if on else tr("Switched off") + " · "
    paint_elided(painter, line, off + index.data(Role.SUMMARY))
    line.moveTop(line.top() + LINE)
    if index.data(Role.UNSAVED):
        mark = tr("Not saved")
        painter.setPen(theme.color("pending"))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, mark)
        line.setLeft(line.left() + QFontMetrics(painter.font()).horizontalAdvance(mark + "  "))
    painter.setFont(font(Size.SMALL, tabular=True))
    left_out = index.data(Role.LEFT_OUT)
    painter.setPen(theme.color("failed" if left_out else "secondary"))
    line.setRight(rect.right() - EDGE)  # below the switch
    paint_elided(painter, line, left_out or fitting_figures(painter.font(), line.width(), index))


def fitting_figures(face: QFont, width: int, index: QModelIndex | QPersistentModelIndex) -> str:
    """Return the longest form of the rule's figures that fits into `width` pixels."""
    ways = (index.data(Role.FIGURES), *index.data(Role.SHORTER_FIGURES))
    room = QFontMetrics(face)
    return next((way for way in ways if room.horizontalAdvance(way) <= width), ways[-1])


def _title(painter: QPainter, line: QRect, index: QModelIndex | QPersistentModelIndex, on: bool, theme: Theme) -> None:
    name = index.data(Qt.ItemDataRole.DisplayRole)
    mark = index.data(Role.MARK)
    face = font(Size.BODY, strong=True)
    if mark:
        wide = QFontMetrics(font(Size.CAPTION)).horizontalAdvance(mark) + 2 * CHIP_EDGE
        room = line.width() - wide - CHIP_GAP
        line.setWidth(min(room, QFontMetrics(face).horizontalAdvance(name) + 1))
        _chip(painter, QRect(line.right() + CHIP_GAP, line.top() + 1, wide, LINE - 2), mark, theme)
    painter.setFont(face)
    painter.setPen(theme.color("text" if on else "secondary"))
    paint_elided(painter, line, name)


def _chip(painter: QPainter, at: QRect, mark: str, theme: Theme) -> None:
    painter.setPen(QPen(theme.color("line"), 1))
    painter.setBrush(theme.color("chip"))
    painter.drawRoundedRect(QRectF(at).adjusted(0.5, 0.5, -0.5, -0.5), at.height() / 2, at.height() / 2)
    painter.setFont(font(Size.CAPTION))
    painter.setPen(theme.color("secondary"))
    painter.drawText(at, Qt.AlignmentFlag.AlignCenter, mark)
