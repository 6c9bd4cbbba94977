"""Content and geometry of a timeline row, computed once a width."""

from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF

from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.picture import PictureState
from wxdesk.i18n import tr
from wxdesk.ui.content.layout import ContentLayout, TextBlock, lay_out_content, wrap_paragraph
from wxdesk.ui.content.pieces import (
    ContentPiece,
    LinkSpan,
    Paragraph,
    ParagraphStyle,
    PictureFrame,
    PicturePiece,
    card,
    lines,
    link,
    pieces_of_content,
)
from wxdesk.ui.inbox.timeline.bubble_text import CaptionPart, Offer, buttons_in, notice_of
from wxdesk.ui.inbox.timeline.entries import EntryKind, TimelineEntry
from wxdesk.ui.look.theme import Size, font, sentence_font, spaced, widest_bubble
from wxdesk.ui.wording.messages import kind_text


def pieces_of(entry: TimelineEntry) -> tuple[ContentPiece, ...]:
    """Return the pieces of an entry's bubble, from top to bottom."""
    if entry.reply is not None:
        return pieces_of_content(entry.reply.content)
    pieces = _pieces_of_message(entry.message) if entry.message is not None else ()
    return pieces or (Paragraph(lines(entry.text)),)


def _pieces_of_message(message: Message) -> tuple[ContentPiece, ...]:
    if message.type is MessageType.IMAGE:
        return (_received(message, PictureFrame.PHOTO),)
    if message.type is MessageType.CARD:
        cover = (_received(message, PictureFrame.COVER),) if message.picture_state is not None else ()
        return card(message.fields.get("Title", ""), message.fields.get("PagePath", ""), cover)
    if message.msg_type == "link":
        fields = message.fields
        return link(fields.get("Title", ""), fields.get("Description", ""), fields.get("Url", ""))
    return ()


def _received(message: Message, frame: PictureFrame) -> PicturePiece:
    match message.picture_state:
        case PictureState.KEPT:
            return PicturePiece(message.picture, frame, kind_text("image"))
        case PictureState.AWAITED:
            return PicturePiece(frame=frame, words=tr("Fetching the picture…"))
        case PictureState.MISSING:
            return PicturePiece(frame=frame, words=tr(message.picture_problem))
    return PicturePiece(frame=frame, words=tr("Without a picture"))


def openable_in(entry: TimelineEntry) -> tuple[LinkSpan | PicturePiece, ...]:
    """Return what can be opened in a bubble: its pictures, then its links."""
    pieces = pieces_of(entry)
    figures = [piece for piece in pieces if isinstance(piece, PicturePiece) and piece.digest]
    spans = [span for piece in pieces if isinstance(piece, Paragraph) for span in piece.spans]
    return (*figures, *spans)


def picture_of(entry: TimelineEntry) -> PicturePiece | None:
    """Return the picture of a bubble that holds nothing else."""
    pieces = pieces_of(entry)
    only = pieces[0] if len(pieces) == 1 else None
    return only if isinstance(only, PicturePiece) and only.digest else None


SIDE = 20
"""Pixels between the edge of the timeline and a bubble."""

PAD_X = 12
CAPTION_HEIGHT = 18
BUTTON_HEIGHT, BUTTON_GAP = 26, 6
BAR_HEIGHT = 3
SEPARATOR = " · "
_BUTTON_PAD = 11
_ICON = 12
_ICON_GAP = 4
_LEAST_PART = 48.0
_LINE_HEIGHTS = {
    EntryKind.DAY: (40, 28),
    EntryKind.ACTIVITY: (26, 20),
    EntryKind.GAP: (34, 26),
    EntryKind.UNREAD: (34, 26),
}


class PlacedOffer(Struct, frozen=True):
    """A button inside a bubble."""

    offer: Offer
    rect: QRectF


class PlacedPart(Struct, frozen=True):
    """A placed piece of a caption; `tip` has what its text leaves out."""

    part: CaptionPart
    text: str
    rect: QRectF
    separator: bool
    tip: str = ""


class RowLayout(Struct, frozen=True):
    """Geometry of one row, from its top left corner; a line has only a height."""

    entry: TimelineEntry
    width: int
    height: int
    bubble: QRectF = field(default_factory=QRectF)
    content: ContentLayout | None = None
    content_at: QPointF = field(default_factory=QPointF)
    trouble: TextBlock | None = None
    bar: QRectF = field(default_factory=QRectF)
    buttons: tuple[PlacedOffer, ...] = ()
    caption: QRectF = field(default_factory=QRectF)


def lay_out(entry: TimelineEntry, width: int) -> RowLayout:
    """Return the geometry of `entry` in a timeline `width` pixels wide."""
    if entry.kind in _LINE_HEIGHTS:
        return RowLayout(entry, width, spaced(*_LINE_HEIGHTS[entry.kind]))
    room = bubble_room(width) - 2 * PAD_X
    offers = buttons_in(entry)
    widths = [offer_width(offer) for offer in offers]
    content = lay_out_content(pieces_of(entry), room)
    notice = notice_of(entry)
    trouble = wrap_paragraph(Paragraph(notice, ParagraphStyle.SENTENCE), room) if notice else None
    row_width = sum(widths) + BUTTON_GAP * max(0, len(widths) - 1)
    inner = max(content.width, trouble.width if trouble else 0, min(row_width, room))
    bubble = QRectF(0, 2, inner + 2 * PAD_X, 0)
    bubble.moveLeft(width - SIDE - bubble.width() if entry.outgoing else SIDE)
    return _stack(RowLayout(entry, width, 0, bubble, content, trouble=trouble), tuple(offers), widths)


def bubble_room(width: int) -> float:
    """Return the most pixels a bubble takes of a timeline `width` pixels wide."""
    return float(max(160, min(widest_bubble(), width * 0.7)))


def _stack(row: RowLayout, offers: tuple[Offer, ...], widths: Sequence[float]) -> RowLayout:
    bubble, left, pad = row.bubble, row.bubble.left() + PAD_X, spaced(9, 5)
    y = bubble.top() + pad
    content_at = QPointF(left, y)
    y += row.content.height if row.content else 0
    trouble = replace(row.trouble, at=QPointF(left, y + 6)) if row.trouble else None
    y += trouble.height + 6 if trouble else 0
    bar = QRectF()
    reply = row.entry.reply
    if reply is not None and reply.counts_down and offers:
        bar = QRectF(left, y + 8, bubble.width() - 2 * PAD_X, BAR_HEIGHT)
        y = bar.bottom()
    buttons: tuple[PlacedOffer, ...] = ()
    if offers:
        buttons, y = _place_buttons(offers, widths, QRectF(left, y + 8, bubble.width() - 2 * PAD_X, 0))
        y += 1
    bubble = QRectF(bubble.left(), bubble.top(), bubble.width(), y + pad - bubble.top())
    caption = QRectF(SIDE + 2, bubble.bottom() + spaced(5, 1), row.width - 2 * SIDE - 4, CAPTION_HEIGHT)
    height = round(caption.bottom() + spaced(11, 4))
    return RowLayout(row.entry, row.width, height, bubble, row.content, content_at, trouble, bar, buttons, caption)


def _place_buttons(
    offers: Sequence[Offer], widths: Sequence[float], box: QRectF
) -> tuple[tuple[PlacedOffer, ...], float]:
    """Place buttons from the right edge in lines; return them and the foot."""
    lines: list[list[int]] = [[]]
    used = 0.0
    for i, width in enumerate(widths):
        if lines[-1] and used + width > box.width():
            lines.append([])
            used = 0.0
        lines[-1].append(i)
        used += width + BUTTON_GAP
    placed = []
    y = box.top()
    for line in lines:
        x = box.right() - sum(widths[i] for i in line) - BUTTON_GAP * (len(line) - 1)
        for i in line:
            placed.append(PlacedOffer(offers[i], QRectF(x, y, widths[i], BUTTON_HEIGHT)))
            x += widths[i] + BUTTON_GAP
        y += BUTTON_HEIGHT + BUTTON_GAP
    return tuple(placed), y - BUTTON_GAP


def offer_width(offer: Offer) -> float:
    """Return the width of a button: its text, its key, and padding."""
    words = QFontMetricsF(button_font(offer)).horizontalAdvance(offer.text)
    key = QFontMetricsF(font(Size.CAPTION)).horizontalAdvance(offer.key.label)
    return round(words + (key + 5 if offer.key.label else 0) + 2 * _BUTTON_PAD)


def button_font(offer: Offer) -> QFont:
    """Return the font of a button's text."""
    return sentence_font(Size.SMALL, strong=offer.main)


def caption_font(part: CaptionPart) -> QFont:
    """Return the font of a caption piece, with tabular figures."""
    return sentence_font(Size.CAPTION, strong=part.strong, tabular=True)


def place_caption(parts: Sequence[CaptionPart], row: RowLayout) -> tuple[PlacedPart, ...]:
    """Place a caption's pieces; cut the lesser ones first, then leave out the last."""
    between = QFontMetricsF(font(Size.CAPTION)).horizontalAdvance(SEPARATOR)
    shown, widths = _fitted(parts, row.caption.width(), between)
    left_out = SEPARATOR.join(part.text for part in parts if part not in shown)
    total = sum(widths) + between * (len(shown) - 1)
    x = row.bubble.right() - 2 - total if row.entry.outgoing else row.bubble.left() + 2
    x = max(row.caption.left(), x)
    placed = []
    for i, (part, width) in enumerate(zip(shown, widths, strict=True)):
        metrics = QFontMetricsF(caption_font(part))
        room = width - (_ICON + _ICON_GAP if part.icon else 0)
        text = metrics.elidedText(part.text, Qt.TextElideMode.ElideRight, room + 0.5)
        rect = QRectF(x, row.caption.top(), width, row.caption.height())
        told = (part.text if text != part.text else "", part.tip, left_out if part.key else "")
        tip = "\n".join(filter(None, told))
        placed.append(PlacedPart(part, text, rect, separator=i + 1 < len(shown), tip=tip))
        x += width + between
    return tuple(placed)


def _fitted(parts: Sequence[CaptionPart], room: float, between: float) -> tuple[list[CaptionPart], list[float]]:
    """Return the pieces shown in `room`, and their widths.

    Lesser pieces are cut first, the longest before others; if a few letters of each are still too much, the
    last of them is left out. The rest is cut if it must be, links last.
    """
    shown = list(parts)
    while True:
        lesser = [i for i, part in enumerate(shown) if not part.key and part.action is None]
        widths = [_part_width(part) for part in shown]
        overflow = _cut(widths, lesser, sum(widths) + between * (len(shown) - 1) - room)
        if overflow <= 0 or not lesser:
            break
        del shown[lesser[-1]]
    for links in (False, True):
        overflow = _cut(widths, [i for i, part in enumerate(shown) if bool(part.action) is links], overflow)
    return shown, widths


def _cut(widths: list[float], which: Sequence[int], overflow: float) -> float:
    """Reduce these widths by `overflow`, the longest first; return what remains."""
    for i in sorted(which, key=lambda i: -widths[i]):
        cut = min(max(0.0, overflow), max(0.0, widths[i] - _LEAST_PART))
        widths[i] -= cut
        overflow -= cut
    return overflow


def _part_width(part: CaptionPart) -> float:
    words = QFontMetricsF(caption_font(part)).horizontalAdvance(part.text)
    return words + (_ICON + _ICON_GAP if part.icon else 0)
