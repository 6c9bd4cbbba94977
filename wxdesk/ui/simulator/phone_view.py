"""Chat as the customer sees it; stays at the newest line unless scrolled up."""

from msgspec import Struct
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyleOptionViewItem, QWidget

from wxdesk.i18n import tr
from wxdesk.sandbox.platform.contacts import ChatLine, ChatSide
from wxdesk.sandbox.port import Phone
from wxdesk.ui.content.layout import ContentLayout, lay_out_content
from wxdesk.ui.content.painting import ShowPicture, paint_content
from wxdesk.ui.content.pieces import Paragraph, ParagraphStyle, pieces_of_content
from wxdesk.ui.look.theme import Measure, Size, color_of, font, widest_bubble
from wxdesk.ui.simulator.text import TYPING, content_of, line_text, notice_text
from wxdesk.ui.widgets.painting import LEFT, RIGHT, paint_box
from wxdesk.ui.widgets.row_list import RECORD, Index, RowDelegate, RowList, RowModel
from wxdesk.ui.wording.messages import readable
from wxdesk.ui.wording.times import clock_time


class PhoneModel(RowModel[ChatLine]):
    """Keeps the lines that stay, so that the view does not jump."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._openid = ""
        self._images: dict[str, QImage] = {}

    def show_phone(self, phone: Phone | None, pictures: dict[str, bytes]) -> None:
        """Show this phone from now on."""
        for digest, data in pictures.items():
            if digest not in self._images:
                self._images[digest] = QImage.fromData(data)
        openid, lines = ("", ()) if phone is None else (phone.openid, (*phone.lines, *[TYPING] * phone.typing))
        if openid != self._openid:
            self._openid = openid
            self.replace_rows(lines)
            return
        pairs = zip(self._rows, lines, strict=False)
        same = next((at for at, (old, new) in enumerate(pairs) if old != new), min(len(self._rows), len(lines)))
        if same < len(self._rows):
            self._remove_rows(same, len(self._rows))
        if same < len(lines):
            self._insert_rows(same, lines[same:])

    def picture(self, digest: str, size: QSize) -> QImage | None:
        """Find a picture by its digest; an empty one if it is gone."""
        return self._images.get(digest, QImage())

    def _accessible_text(self, row: ChatLine) -> str:
        if row.side is ChatSide.NOTICE:
            return notice_text(row)
        whose = tr("Customer") if row.side is ChatSide.CONTACT else tr("Shop")
        return f"{whose}: {line_text(row)}"


SIDE_MARGIN = 16
PAD_X, PAD_Y = 12, 9
CAPTION = 18
GAP = 8


class PlacedLine(Struct, frozen=True):
    """A bubble or notice with content and caption, relative to the row's top left."""

    bubble: QRectF
    content: ContentLayout
    content_at: QPointF
    caption: QRectF
    words: str
    height: int


def lay_out_line(line: ChatLine, width: int) -> PlacedLine:
    """Lay out `line` in a view of `width` pixels."""
    if line is TYPING:
        content = lay_out_content((Paragraph(notice_text(line), ParagraphStyle.NOTE),), _room(width))
        bubble = QRectF(SIDE_MARGIN, 0, content.width + 2 * PAD_X, content.height + 2 * PAD_Y)
        return _placed(bubble, content, QRectF(), "")
    if line.side is ChatSide.NOTICE:
        return _notice(notice_text(line), width)
    content = lay_out_content(pieces_of_content(content_of(line)), _room(width))
    bubble = QRectF(SIDE_MARGIN, 0, content.width + 2 * PAD_X, content.height + 2 * PAD_Y)
    if line.side is ChatSide.CONTACT:
        bubble.moveRight(width - SIDE_MARGIN)
    words = [clock_time(line.at)]
    if line.side is ChatSide.TOOL:
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
    return min(widest_bubble(), 0.76 * (width - 2 * SIDE_MARGIN)) - 2 * PAD_X


class PhoneDelegate(RowDelegate[ChatLine]):
    """Paints the lines; `width` is the view's, pictures come from `show_picture`."""

    def __init__(self, show_picture: ShowPicture) -> None:
        super().__init__()
        self._show_picture = show_picture
        self.placed: dict[tuple[int, int], tuple[ChatLine, PlacedLine]] = {}
        self.width = 400

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self.width, self._layout_of(index).height + (0 if index.row() else GAP))

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, row: ChatLine) -> None:
        placed, own = self._layout_of(index), row.side is ChatSide.CONTACT
        painter.translate(option.rect.left(), option.rect.bottom() + 1 - placed.height)
        if not placed.bubble.isNull():
            fill, line = ("accent_tint", "") if own else ("panel", "line")
            ground = placed.bubble.adjusted(0.5, 0.5, -0.5, -0.5)
            paint_box(painter, ground, Measure.BUBBLE_RADIUS, fill, line)
        paint_content(painter, placed.content, placed.content_at, "text", self._show_picture)
        if placed.words:
            painter.setFont(font(Size.CAPTION, tabular=True))
            painter.setPen(color_of("secondary"))
            painter.drawText(placed.caption, RIGHT if own else LEFT, placed.words)

    def _layout_of(self, index: Index) -> PlacedLine:
        line: ChatLine = index.data(RECORD)
        known = self.placed.get((index.row(), self.width))
        if known is not None and known[0] is line:
            return known[1]
        placed = lay_out_line(line, self.width)
        self.placed[index.row(), self.width] = (line, placed)
        return placed


AT_END = 8


class PhoneView(RowList):
    """Shows a `PhoneModel`."""

    def __init__(self, model: PhoneModel, parent: QWidget | None = None) -> None:
        self._at_end = True
        self._lines = PhoneDelegate(model.picture)
        super().__init__(model, self._lines, tr("What the customer sees"), parent, uniform=False)
        self.setProperty("class", "window")
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._note_place)
        bar.rangeChanged.connect(self._keep_end)
        model.modelReset.connect(self._go_to_end)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lines.width = self.viewport().width()
        self.scheduleDelayedItemsLayout()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.FontChange:  # another size of letters
            self._lines.placed.clear()
        super().changeEvent(event)

    def _note_place(self, value: int) -> None:
        self._at_end = value >= self.verticalScrollBar().maximum() - AT_END

    def _keep_end(self, _least: int, most: int) -> None:
        if self._at_end:
            self.verticalScrollBar().setValue(most)

    def _go_to_end(self) -> None:
        self._at_end = True
        self.scrollToBottom()
