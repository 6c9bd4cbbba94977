"""Painting that several places share: avatars, badges, text, icons, surfaces."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from zlib import crc32

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, QTextBoundaryFinder
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPaintDevice, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from wxdesk.ui.look.icons import pixmap
from wxdesk.ui.look.theme import AVATARS, Measure, Size, color_of, font

ELLIPSIS = Qt.TextElideMode.ElideRight
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter


@contextmanager
def painting(surface: QPaintDevice) -> Iterator[QPainter]:
    """Paint on a surface, with smooth edges."""
    painter = QPainter(surface)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        yield painter
    finally:
        painter.end()


def paint_box(  # noqa: PLR0913 - the looks of a box, each by its name
    painter: QPainter,
    rect: QRectF,
    radius: float,
    fill: str = "",
    line: str = "",
    thick: float = 1.0,
    stroke: Qt.PenStyle = Qt.PenStyle.SolidLine,
) -> None:
    """Paint a rounded box, `fill` and `line` by theme role; empty for none."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(color_of(fill) if fill else Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color_of(line), thick, stroke) if line else Qt.PenStyle.NoPen)
    painter.drawRoundedRect(rect, radius, radius)


def paint_avatar(painter: QPainter, rect: QRectF, openid: str, name: str) -> None:
    """Paint the initial of a name, or of an openid, on the colour of the openid."""
    _paint_letters(painter, rect, initial_of(openid, name), crc32(openid.encode()), Measure.RADIUS, Size.TITLE)


def paint_face(painter: QPainter, rect: QRectF, name: str) -> None:
    """Paint an operator's initial, the last character of a Chinese name, in a round."""
    letter = name[-1] if "\u4e00" <= name[-1:] <= "\u9fff" else _first_letter(name)
    _paint_letters(painter, rect, letter, sum(name.encode()), rect.height() / 2, round(rect.height() * 0.6))


def _paint_letters(painter: QPainter, rect: QRectF, letters: str, person: int, radius: float, size: int) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(AVATARS[person % len(AVATARS)]))
    painter.drawRoundedRect(rect, radius, radius)
    painter.setPen(color_of("on_accent"))
    painter.setFont(font(size, strong=True))
    painter.drawText(rect, CENTER, letters)


def initial_of(openid: str, name: str) -> str:
    """Return the first character (grapheme) of a name, or two of the openid."""
    return _first_letter(name) if name else openid[:2]


def _first_letter(name: str) -> str:
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, name)
    in_utf16 = name.encode("utf-16-le")
    return in_utf16[: 2 * finder.toNextBoundary()].decode("utf-16-le").upper()


def fitting(wordings: Iterable[str], face: QFont, width: int) -> str:
    """Return the first of these that fits into so many pixels; empty if none does."""
    metrics = QFontMetrics(face)
    return next((words for words in wordings if metrics.horizontalAdvance(words) <= width), "")


def paint_text(
    painter: QPainter, rect: QRect, text: str, face: QFont, color: QColor, flags: Qt.AlignmentFlag = LEFT
) -> int:
    """Paint one line, elided if needed; return the width it took."""
    if rect.width() <= 0 or not text:
        return 0
    metrics = QFontMetrics(face)
    shown = metrics.elidedText(text.replace("\n", " "), ELLIPSIS, rect.width())
    painter.setFont(face)
    painter.setPen(color)
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # Arabic ends, and is cut, at the left
    painter.drawText(rect, flags | Qt.AlignmentFlag.AlignAbsolute | Qt.TextFlag.TextSingleLine, shown)
    return metrics.horizontalAdvance(shown)


def paint_icon(painter: QPainter, at: QPointF | QPoint, name: str, role: str, size: int) -> None:
    """Paint a small icon in the colour of a role, its top left corner at `at`."""
    painter.drawPixmap(at, pixmap(name, role, size, painter.device().devicePixelRatioF()))


def paint_arrow(field: QWidget, size: int = 16) -> None:
    """Paint the arrow of a field that opens a list or a calendar."""
    with painting(field) as painter:
        at = QPointF(field.width() - size - 7, (field.height() - size) // 2)
        paint_icon(painter, at, "chevron-down", "secondary" if field.isEnabled() else "faint", size)


def paint_badge(painter: QPainter, right: int, middle: int, count: int) -> int:
    """Paint a round badge that ends at `right`; return the width it took."""
    width = badge_width(count)
    rect = QRectF(right - width, middle - 8, width, 16)
    paint_box(painter, rect, 8, "failed")
    paint_text(painter, rect.toRect(), _badge_text(count), _badge_font(), color_of("on_failed"), CENTER)
    return width


def badge_width(count: int) -> int:
    """Return the width of the badge with this number."""
    return max(16, QFontMetrics(_badge_font()).horizontalAdvance(_badge_text(count)) + 8)


def _badge_text(count: int) -> str:
    return "99+" if count > 99 else str(count)


def _badge_font() -> QFont:
    return font(Size.CAPTION, strong=True, tabular=True)


def paint_focus(painter: QPainter, rect: QRectF, radius: float = 4) -> None:
    """Paint the focus ring."""
    paint_box(painter, rect, radius, line="accent", thick=2)


def paint_edge(painter: QPainter, row: QRect) -> None:
    """Paint the line below a row, equally thick below each on a scaled screen."""
    pen = QPen(color_of("line"), int(painter.device().devicePixelRatioF()))
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.drawLine(row.bottomLeft(), row.bottomRight())


def paint_row(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """Paint a row's ground, its lower edge and the ring of keyboard focus."""
    rect: QRect = option.rect
    if option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(rect, color_of("selection"))
        painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height() - 1), color_of("accent_fill"))
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(rect, color_of("hover"))
    paint_edge(painter, rect)
    if option.state & QStyle.StateFlag.State_HasFocus:
        paint_focus(painter, QRectF(rect).adjusted(2, 2, -2, -3))


class Surface(QWidget):
    """Widget with a rounded ground in the window's colour."""

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            paint_box(painter, QRectF(self.rect()), Measure.RADIUS, "window")
