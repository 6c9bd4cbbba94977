"""Painter of the timeline: bubbles, captions, buttons, and the lines between."""

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QToolTip

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import can_be_undone, is_passed_over
from wxdesk.ui.content.painting import ShowPicture, paint_content
from wxdesk.ui.content.pieces import LinkSpan, PicturePiece
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction, CaptionPart, caption_of, share_left
from wxdesk.ui.inbox.timeline.bubbles.layout import (
    SEPARATOR,
    SIDE,
    PlacedOffer,
    PlacedPart,
    RowLayout,
    button_font,
    caption_font,
    lay_out,
    place_caption,
)
from wxdesk.ui.inbox.timeline.entries import EntryKind, TimelineEntry
from wxdesk.ui.inbox.timeline.model import TimelineModel
from wxdesk.ui.look.theme import Measure, Size, color_of, font, sentence_font
from wxdesk.ui.widgets.labels import plain_tip
from wxdesk.ui.widgets.painting import CENTER, LEFT, paint_box, paint_focus, paint_icon
from wxdesk.ui.widgets.row_list import RECORD, Index, RowDelegate

_SOLID = Qt.PenStyle.SolidLine


class BubbleLook(Struct, frozen=True):
    """Colour roles of the theme; an empty `line` means none, `danger` marks failures."""

    ground: str
    text: str = "text"
    line: str = ""
    stroke: Qt.PenStyle = _SOLID
    trouble: str = "secondary"
    danger: bool = False


_CONTACT = BubbleLook("panel", line="line")
_RULE = BubbleLook("accent_tint")
_OPERATOR = BubbleLook("accent_fill", "on_accent")
_KEPT_BACK = BubbleLook("pending_tint", line="pending_line", stroke=Qt.PenStyle.DashLine, trouble="pending")

_BY_STATE = {
    ReplyState.HELD: _KEPT_BACK,
    ReplyState.DRAFT: BubbleLook("panel", line="secondary", stroke=Qt.PenStyle.DotLine, trouble="pending"),
    ReplyState.FAILED: BubbleLook("panel", line="failed", trouble="failed", danger=True),
    ReplyState.UNKNOWN: BubbleLook("pending_tint", line="pending_line", trouble="pending"),
    ReplyState.CANCELLED: BubbleLook("window", "secondary", line="line"),
}
_PASSED_OVER = BubbleLook("window", "secondary", line="line", stroke=Qt.PenStyle.DotLine)


def look_of(entry: TimelineEntry) -> BubbleLook:
    """Return the look of an entry's bubble."""
    reply = entry.reply
    if reply is None:
        return _CONTACT
    if can_be_undone(reply):
        return _OPERATOR
    if is_passed_over(reply):
        return _PASSED_OVER
    if reply.state is ReplyState.QUEUED and (reply.error or entry.waits):
        return _KEPT_BACK
    return _BY_STATE.get(reply.state) or (_OPERATOR if reply.author is Author.OPERATOR else _RULE)


type Target = BubbleAction | LinkSpan | PicturePiece
"""Clickable thing in a bubble: an action, a link or a picture."""

_RULED = {EntryKind.UNREAD: "accent", EntryKind.GAP: "pending"}
"""Colours of the lines that have a rule on both sides of their text."""

BUBBLES = frozenset({EntryKind.MESSAGE, EntryKind.REPLY})


class BubbleDelegate(RowDelegate[TimelineEntry]):
    """Paints a `TimelineEntry` as it is at the desk's time.

    `width` is the timeline's in pixels; `hovered` an entry's key and what is under the mouse there; `marked`
    the key of the entry that a search led to, `keyed` of the one whose keys work. `phrase` is
    marked in what was said. Pictures come from `show_picture`.
    """

    def __init__(self, model: TimelineModel, show_picture: ShowPicture) -> None:
        super().__init__()
        self._model = model
        self._show_picture = show_picture
        self._layouts: dict[str, RowLayout] = {}
        self.width = 400
        self.hovered: tuple[str, Target] | None = None
        self.marked = self.keyed = self.phrase = ""

    def forget(self) -> None:
        """Drop all layouts after a change of fonts, texts or conversation."""
        self._layouts.clear()

    def layout_of(self, entry: TimelineEntry) -> RowLayout:
        """Return the geometry of `entry` at the present width."""
        known = self._layouts.get(entry.key)
        if known is None or known.entry is not entry or known.width != self.width:
            known = self._layouts[entry.key] = lay_out(entry, self.width)
        return known

    def target_at(self, entry: TimelineEntry, at: QPointF) -> Target | None:
        """Return what a click at `at`, from the row's top left corner, would open."""
        row = self.layout_of(entry)
        return self._action_at(row, at) or _openable_at(row, at)

    def _action_at(self, row: RowLayout, at: QPointF) -> BubbleAction | None:
        for placed in row.buttons:
            if placed.rect.contains(at):
                return placed.offer.action
        under = self._part_at(row, at)
        return None if under is None else under.part.action

    def _part_at(self, row: RowLayout, at: QPointF) -> PlacedPart | None:
        if not row.caption.contains(at):
            return None
        placed = place_caption(self._caption(row.entry), row)
        return next((one for one in placed if one.rect.contains(at)), None)

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        entry: TimelineEntry | None = index.data(RECORD)
        words = ""
        if entry is not None and entry.kind in BUBBLES:
            words = self.tip_at(entry, QPointF(event.pos() - option.rect.topLeft()))
        QToolTip.showText(event.globalPos(), plain_tip(words), view)
        return bool(words)

    def tip_at(self, entry: TimelineEntry, at: QPointF) -> str:
        """Return the tooltip at `at`, from the row's top left corner."""
        target = self.target_at(entry, at)
        if isinstance(target, LinkSpan):
            return target.link.target
        placed = self._part_at(self.layout_of(entry), at)
        return "" if placed is None else placed.tip

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        entry: TimelineEntry | None = index.data(RECORD)
        return QSize(self.width, self.layout_of(entry).height if entry else 0)

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, row: TimelineEntry) -> None:
        painter.translate(option.rect.topLeft())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        placed = self.layout_of(row)
        if row.kind in BUBBLES:
            self._paint_bubble(painter, placed)
            self._paint_caption(painter, placed)
            focused = option.state & QStyle.StateFlag.State_HasFocus
            if focused or row.key == self.marked:
                paint_focus(painter, placed.bubble.adjusted(-2, -2, 2, 2), Measure.BUBBLE_RADIUS + 2)
        else:
            _paint_line(painter, placed)

    def _paint_bubble(self, painter: QPainter, row: RowLayout) -> None:
        look = look_of(row.entry)
        ground = row.bubble.adjusted(0.5, 0.5, -0.5, -0.5)
        paint_box(painter, ground, Measure.BUBBLE_RADIUS, look.ground, look.line, stroke=look.stroke)
        if row.content is not None:
            hot, show = self._hot_span(row.entry), self._show_picture
            paint_content(painter, row.content, row.content_at, look.text, show, hot, self.phrase)
        if row.trouble is not None:
            painter.setPen(color_of(look.trouble))
            row.trouble.lines.draw(painter, row.trouble.at)
        if row.entry.reply is not None and not row.bar.isNull():
            share = share_left(row.entry.reply, self._model.clock(), self._model.hold_reason(row.entry))
            left = QRectF(row.bar.topLeft(), QSizeF(row.bar.width() * share, row.bar.height()))
            for bar, color in ((row.bar, "line"), (left, "pending_line")):
                paint_box(painter, bar, 1.5, color)
        for placed in row.buttons:
            hovered = self.hovered == (row.entry.key, placed.offer.action)
            _paint_button(painter, placed, look, hovered=hovered, keyed=self.keyed == row.entry.key)

    def _hot_span(self, entry: TimelineEntry) -> LinkSpan | None:
        key, target = self.hovered or ("", None)
        return target if key == entry.key and isinstance(target, LinkSpan) else None

    def _caption(self, entry: TimelineEntry) -> tuple[CaptionPart, ...]:
        return caption_of(entry, self._model.clock(), self._model.hold_reason(entry))

    def _paint_caption(self, painter: QPainter, row: RowLayout) -> None:
        for placed in place_caption(self._caption(row.entry), row):
            _paint_part(painter, placed, self.hovered == (row.entry.key, placed.part.action))


def _openable_at(row: RowLayout, at: QPointF) -> LinkSpan | PicturePiece | None:
    if row.content is None:
        return None
    inside = at - row.content_at
    figure = row.content.figure_at(inside)
    return row.content.span_at(inside) or (figure if figure is not None and figure.digest else None)


def _paint_part(painter: QPainter, placed: PlacedPart, hovered: bool) -> None:
    part, rect = placed.part, placed.rect
    x = rect.left()
    if part.icon:
        paint_icon(painter, QPointF(x, rect.top() + (rect.height() - 12) / 2), part.icon, part.role, 12)
        x += 16
    face = caption_font(part)
    face.setUnderline(hovered and part.action is not None)
    painter.setFont(face)
    painter.setPen(color_of(part.role))
    painter.drawText(QRectF(x, rect.top(), rect.right() - x + 2, rect.height()), LEFT, placed.text)
    if placed.separator and not part.icon:
        painter.setFont(font(Size.CAPTION))
        painter.setPen(color_of("faint"))
        painter.drawText(QRectF(rect.right(), rect.top(), 30, rect.height()), LEFT, SEPARATOR)


def _paint_button(painter: QPainter, placed: PlacedOffer, look: BubbleLook, *, hovered: bool, keyed: bool) -> None:
    offer, rect = placed.offer, placed.rect
    ground, line, words, key = "panel", "line", "text", "secondary"
    if offer.main and look.danger:
        line = words = key = "failed"
    elif offer.main:
        ground, line, words, key = "accent_fill", "accent_fill", "on_accent", "on_accent"
    if hovered:
        line = "accent" if ground != "panel" else "secondary"
        ground = "hover" if ground == "panel" else ground
    paint_box(painter, rect.adjusted(0.5, 0.5, -0.5, -0.5), 7, ground, line)
    face = button_font(offer)
    painter.setFont(face)
    painter.setPen(color_of(words))
    keyed = keyed and bool(offer.key.label)
    inner = rect.adjusted(11, 0, -4, 0)
    painter.drawText(inner if keyed else rect, LEFT if keyed else CENTER, offer.text)
    if keyed:
        painter.setFont(font(Size.CAPTION))
        painter.setPen(color_of(key))
        painter.drawText(
            inner.adjusted(QFontMetrics(face).horizontalAdvance(offer.text) + 5, 0, 0, 0), LEFT, offer.key.label
        )


def _paint_line(painter: QPainter, row: RowLayout) -> None:
    rect = QRectF(SIDE, 0, row.width - 2 * SIDE, row.height)
    role = _RULED.get(row.entry.kind, "")
    face = sentence_font(Size.SMALL if row.entry.kind is EntryKind.DAY else Size.CAPTION)
    metrics = QFontMetrics(face)
    text = metrics.elidedText(row.entry.text, Qt.TextElideMode.ElideMiddle, int(rect.width()) - 24)
    if role:
        half = (rect.width() - metrics.horizontalAdvance(text)) / 2 - 10
        y = rect.center().y()
        painter.setPen(QPen(color_of(role), 1.0))
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.left() + half, y))
        painter.drawLine(QPointF(rect.right() - half, y), QPointF(rect.right(), y))
    painter.setFont(face)
    painter.setPen(color_of(role or "secondary"))
    painter.drawText(rect, CENTER, text)
