"""Layout of the lines on the customer's phone, computed once for each width."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from wxdesk.i18n import tr
from wxdesk.ui.content.layout import ContentLayout, lay_out_content
from wxdesk.ui.content.pieces import Paragraph, ParagraphStyle, pieces_of_content
from wxdesk.ui.look.theme import Measure
from wxdesk.ui.simulator.port import PhoneLine, PhoneSide
from wxdesk.ui.simulator.text import notice_word
from wxdesk.ui.wording.messages import clock_time, readable

SIDE_MARGIN = 16
PAD_X, PAD_Y = 12, 9
CAPTION = 18
GAP = 8
NOTICES = frozenset({PhoneSide.ENTERED, PhoneSide.NOT_AVAILABLE})


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A bubble or notice with content and caption, relative to the row's top left."""

    bubble: QRectF
    content: ContentLayout
    content_at: QPointF
    caption: QRectF
    words: str
    height: int


def lay_out_line(line: PhoneLine, width: int) -> PlacedLine:
    """Lay out `line` in a view of `width` pixels."""
    if line.side in NOTICES:
        return _notice(notice_word(line), width)
    content = lay_out_content(pieces_of_content(line.content), _room(width))
    return _bubble(content, line, width)


def lay_out_typing(width: int) -> PlacedLine:
    """Lay out the typing sign, at the shop's side."""
    content = lay_out_content((Paragraph(tr("The shop is typing…"), ParagraphStyle.NOTE),), _room(width))
    bubble = QRectF(SIDE_MARGIN, 0, content.width + 2 * PAD_X, content.height + 2 * PAD_Y)
    return _placed(bubble, content, QRectF(), "")


def _bubble(content: ContentLayout, line: PhoneLine, width: int) -> PlacedLine:
    bubble = QRectF(SIDE_MARGIN, 0, content.width + 2 * PAD_X, content.height + 2 * PAD_Y)
    if line.side is PhoneSide.CUSTOMER:
        bubble.moveRight(width - SIDE_MARGIN)
    words = [clock_time(line.at)]
    if line.side is PhoneSide.TOOL:
        words.append(tr("from WeChat's own tool"))
    if line.to_tool:
        words.append(tr("to WeChat's own tool only"))
    caption = QRectF(SIDE_MARGIN, bubble.bottom() + 1, width - 2 * SIDE_MARGIN, CAPTION)
    return _placed(bubble, content, caption, " · ".join(words))


def _notice(words: str, width: int) -> PlacedLine:
    content = lay_out_content((Paragraph(readable(words), ParagraphStyle.NOTE),), width - 4 * SIDE_MARGIN)
    place = QRectF((width - content.width) / 2, 2, content.width, content.height)
    return PlacedLine(QRectF(), content, place.topLeft(), QRectF(), "", round(content.height) + 2 + GAP)


def _placed(bubble: QRectF, content: ContentLayout, caption: QRectF, words: str) -> PlacedLine:
    bottom = caption.bottom() if words else bubble.bottom()
    at = bubble.topLeft() + QPointF(PAD_X, PAD_Y)
    return PlacedLine(bubble, content, at, caption, words, round(bottom) + GAP)


def _room(width: int) -> float:
    return min(Measure.BUBBLE_MAX, 0.76 * (width - 2 * SIDE_MARGIN)) - 2 * PAD_X
