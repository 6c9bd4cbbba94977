"""Layout of a bubble's content from its top left corner, computed once per width."""

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QTextCharFormat, QTextLayout, QTextOption

from wxdesk.ui.content.pieces import (
    ContentPiece,
    LinkSpan,
    Paragraph,
    ParagraphStyle,
    PictureFrame,
    PicturePiece,
    span_at,
)
from wxdesk.ui.look.theme import Size, font, sentence_font

GAP = 4
FIGURE_GAP = 6

SIZES = {PictureFrame.PHOTO: (200.0, 150.0), PictureFrame.COVER: (200.0, 160.0)}
"""Width and height of a picture's frame, constant so that nothing jumps."""


class TextBlock(Struct, frozen=True):
    """A wrapped paragraph and its position."""

    lines: QTextLayout
    at: QPointF
    width: float
    height: float
    face: ParagraphStyle = ParagraphStyle.MESSAGE
    spans: tuple[LinkSpan, ...] = ()


class PictureBox(Struct, frozen=True):
    """A picture's frame and its position."""

    figure: PicturePiece
    rect: QRectF


class ContentLayout(Struct, frozen=True):
    """The laid-out content of a bubble, with its size."""

    blocks: tuple[TextBlock, ...]
    boxes: tuple[PictureBox, ...]
    width: float
    height: float

    def span_at(self, at: QPointF) -> LinkSpan | None:
        """Return the link under a point."""
        for block in self.blocks:
            found = _span_in(block, at) if block.spans else None
            if found is not None:
                return found
        return None

    def figure_at(self, at: QPointF) -> PicturePiece | None:
        """Return the picture under a point."""
        return next((box.figure for box in self.boxes if box.rect.contains(at)), None)


def lay_out_content(pieces: Sequence[ContentPiece], room: float) -> ContentLayout:
    """Put `pieces` below each other, none wider than `room` pixels."""
    blocks: list[TextBlock] = []
    boxes: list[PictureBox] = []
    width = y = 0.0
    for piece in pieces:
        if isinstance(piece, PicturePiece):
            y += FIGURE_GAP if y else 0
            box = _box(piece, y, room)
            boxes.append(box)
            width, y = max(width, box.rect.width()), box.rect.bottom() + FIGURE_GAP
        else:
            y += GAP if blocks or boxes else 0
            block = wrap_paragraph(piece, room, y)
            blocks.append(block)
            width, y = max(width, block.width), y + block.height
    height = y - FIGURE_GAP if pieces and isinstance(pieces[-1], PicturePiece) else y
    return ContentLayout(tuple(blocks), tuple(boxes), width, height)


def wrap_paragraph(paragraph: Paragraph, room: float, top: float = 0.0) -> TextBlock:
    """Break a paragraph into lines no longer than `room`, inside a word if needed."""
    lines, width, height = lay_out_lines(paragraph.text, face_font(paragraph.face), room)
    return TextBlock(lines, QPointF(0, top), -(-width // 1), height, paragraph.face, paragraph.spans)


def lay_out_lines(
    text: str,
    face: QFont,
    room: float,
    marks: Sequence[QTextLayout.FormatRange] = (),
    gap: float = 0.0,
    wrap: QTextOption.WrapMode = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere,
) -> tuple[QTextLayout, float, float]:
    """Break a text into lines `gap` apart; return them, their width and height."""
    option = QTextOption()
    option.setWrapMode(wrap)
    lines = QTextLayout(text.replace("\n", "\u2028"), face)
    lines.setTextOption(option)
    lines.setFormats(marks)
    lines.setCacheEnabled(True)
    lines.beginLayout()
    width = y = 0.0
    while (line := lines.createLine()).isValid():
        line.setLineWidth(room)
        line.setPosition(QPointF(0, y))
        y += line.height() + gap
        width = max(width, line.naturalTextWidth())
    lines.endLayout()
    return lines, width, y - gap


def format_range(start: int, length: int, look: QTextCharFormat) -> QTextLayout.FormatRange:
    """Return a look for a part of a text, counted in UTF-16 as Qt does."""
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = start, length, look
    return made


def face_font(face: ParagraphStyle) -> QFont:
    """Return the font of a paragraph."""
    if face is ParagraphStyle.SENTENCE:
        return sentence_font(Size.SMALL)
    if face is ParagraphStyle.NOTE:
        return font(Size.SMALL)
    return font(Size.MESSAGE, strong=face is ParagraphStyle.TITLE)


def _box(figure: PicturePiece, top: float, room: float) -> PictureBox:
    width, height = SIZES[figure.frame]
    share = min(1.0, room / width)
    return PictureBox(figure, QRectF(0, top, width * share, height * share))


def _span_in(block: TextBlock, at: QPointF) -> LinkSpan | None:
    inside = at - block.at
    for number in range(block.lines.lineCount()):
        line = block.lines.lineAt(number)
        if line.naturalTextRect().contains(inside):
            return span_at(block.spans, line.xToCursor(inside.x(), line.CursorPosition.CursorOnCharacter))
    return None
