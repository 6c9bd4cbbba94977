"""Paints a bubble's content where `layout` put it."""

import re
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QTextCharFormat, QTextLayout

from wxdesk.i18n import tr
from wxdesk.ui.content.layout import ContentLayout, PictureBox, TextBlock, format_range
from wxdesk.ui.content.pieces import LinkSpan, ParagraphStyle, PictureFrame, PicturePiece
from wxdesk.ui.look.theme import GROUND, Size, color_of, font
from wxdesk.ui.widgets.labels import positions_in
from wxdesk.ui.widgets.painting import CENTER, paint_icon

type ShowPicture = Callable[[str, QSize], QImage | None]
"""Returns a picture as `Album.picture` does: None until read, null if unreadable."""

RADIUS = 6
_ICON = 20


def paint_content(  # noqa: PLR0913 - the looks of a text, each by its name
    painter: QPainter,
    content: ContentLayout,
    at: QPointF,
    role: str,
    show: ShowPicture,
    hot: LinkSpan | None = None,
    phrase: str = "",
) -> None:
    """Paint a bubble's content from `at` on, in the colour of `role`.

    The link `hot` is underlined, and `phrase` is marked.
    """
    painter.save()
    painter.translate(at)
    for block in content.blocks:
        _paint_block(painter, block, role, hot, phrase)
    for box in content.boxes:
        _paint_box(painter, box, show)
    painter.restore()


def picture_size(box: PictureBox, ratio: float) -> QSize:
    """Return the screen pixels to read a picture at; covers are larger, to be cut."""
    room = box.rect.size() * ratio * (2 if box.figure.frame is PictureFrame.COVER else 1)
    return room.toSize()


def _paint_block(painter: QPainter, block: TextBlock, role: str, hot: LinkSpan | None, phrase: str) -> None:
    plain = role == "text"
    painter.setPen(color_of("secondary" if plain and block.face is ParagraphStyle.NOTE else role))
    link = color_of("accent" if plain else role)
    formats = [_link_format(span, link, underlined=span is hot or not plain) for span in block.spans]
    block.lines.draw(painter, block.at, formats + _marks(block.lines.text(), phrase))


def _marks(text: str, phrase: str) -> list[QTextLayout.FormatRange]:
    look = QTextCharFormat()
    look.setForeground(color_of("text"))
    look.setBackground(color_of("mark"))
    found = re.finditer(re.escape(phrase), text, re.IGNORECASE) if phrase else ()
    return [format_range(positions_in(text[: one.start()]), positions_in(one.group()), look) for one in found]


def _link_format(span: LinkSpan, color: QColor, *, underlined: bool) -> QTextLayout.FormatRange:
    look = QTextCharFormat()
    look.setForeground(color)
    look.setFontUnderline(underlined)
    return format_range(span.start, span.length, look)


def _paint_box(painter: QPainter, box: PictureBox, show: ShowPicture) -> None:
    size = picture_size(box, painter.device().devicePixelRatio())
    image = show(box.figure.digest, size) if box.figure.digest else None
    painter.save()
    path = QPainterPath()
    if image is not None and not image.isNull():
        placed = _picture_rect(image, box)
        path.addRoundedRect(placed.intersected(box.rect), RADIUS, RADIUS)
        painter.setClipPath(path)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if image.hasAlphaChannel():  # a dark bubble would make dark words invisible
            painter.fillPath(path, QColor(GROUND))
        painter.drawImage(placed, image)
    else:
        path.addRoundedRect(box.rect, RADIUS, RADIUS)
        painter.fillPath(path, color_of("chip"))
        _paint_text(painter, box, _words(box.figure, image))
    painter.restore()


def _words(figure: PicturePiece, image: QImage | None) -> str:
    if not figure.digest:
        return figure.words
    return tr("Reading the picture…") if image is None else tr("This picture cannot be shown")


def _paint_text(painter: QPainter, box: PictureBox, words: str) -> None:
    middle = box.rect.center()
    paint_icon(painter, QPointF(middle.x() - _ICON / 2, middle.y() - _ICON - 4), "image", "faint", _ICON)
    painter.setFont(font(Size.SMALL))
    painter.setPen(color_of("secondary"))
    room = QRectF(box.rect.left() + 8, middle.y(), box.rect.width() - 16, box.rect.bottom() - middle.y() - 4)
    painter.drawText(room, CENTER & Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, words)


def _picture_rect(image: QImage, box: PictureBox) -> QRectF:
    """Return the rectangle of a picture: a photo within its frame, a cover filling it."""
    ratio = Qt.AspectRatioMode.KeepAspectRatio
    if box.figure.frame is PictureFrame.COVER:
        ratio = Qt.AspectRatioMode.KeepAspectRatioByExpanding
    size = image.size().toSizeF().scaled(box.rect.size(), ratio)
    placed = QRectF(QPointF(), size)
    placed.moveCenter(box.rect.center())
    return placed
