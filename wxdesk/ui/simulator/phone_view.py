"""Chat as the customer sees it; stays at the newest line unless scrolled up."""

from msgspec import Struct
from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.content.layout import ContentLayout, lay_out_content
from wxdesk.ui.content.painting import ShowPicture, paint_content
from wxdesk.ui.content.pieces import Paragraph, ParagraphStyle, pieces_of_content
from wxdesk.ui.look.theme import Measure, Size, Theme, font
from wxdesk.ui.simulator.port import Phone, PhoneLine, PhoneSide
from wxdesk.ui.simulator.text import line_text, notice_text
from wxdesk.ui.widgets.row_list import RECORD, Index, RowList, RowModel
from wxdesk.ui.wording.messages import readable
from wxdesk.ui.wording.times import clock_time

NOTICES = frozenset({PhoneSide.ENTERED, PhoneSide.NOT_AVAILABLE})


class PhoneModel(RowModel[PhoneLine | None]):
    """Appends new lines and keeps the others, so that the view does not jump.

    Its last row is None while the shop is typing.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._openid = ""
        self._images: dict[str, QImage] = {}

    def show_phone(self, phone: Phone | None, pictures: dict[str, bytes]) -> None:
        """Show this phone from now on."""
        for digest, data in pictures.items():
            if digest not in self._images:
                self._images[digest] = QImage.fromData(data)
        lines = phone.lines if phone is not None else ()
        typing = phone is not None and phone.typing
        known = [line for line in self._rows if line is not None]
        fresh = lines[len(known) :]
        if phone is None or phone.openid != self._openid or list(lines[: len(known)]) != known:
            self._openid = phone.openid if phone is not None else ""
            self.replace_rows([*lines, None] if typing else lines)
            return
        if None in self._rows and (fresh or not typing):
            self._remove_rows(len(known), len(known) + 1)
        if fresh:
            self._insert_rows(len(known), fresh)
        if typing and None not in self._rows:
            self._insert_rows(len(lines), [None])

    def picture(self, digest: str, size: QSize) -> QImage | None:
        """Find a picture by its digest; an empty one if it is gone."""
        return self._images.get(digest, QImage())

    def _spoken(self, row: PhoneLine | None) -> str:
        if row is None:
            return tr("The shop is typing…")
        if row.side in NOTICES:
            return notice_text(row)
        whose = tr("Customer") if row.side is PhoneSide.CUSTOMER else tr("Shop")
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


def lay_out_line(line: PhoneLine, width: int) -> PlacedLine:
    """Lay out `line` in a view of `width` pixels."""
    if line.side in NOTICES:
        return _notice(notice_text(line), width)
    content = lay_out_content(pieces_of_content(line.content), _room(width))
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


def lay_out_typing(width: int) -> PlacedLine:
    """Lay out the typing sign, at the shop's side."""
    content = lay_out_content((Paragraph(tr("The shop is typing…"), ParagraphStyle.NOTE),), _room(width))
    bubble = QRectF(SIDE_MARGIN, 0, content.width + 2 * PAD_X, content.height + 2 * PAD_Y)
    return _placed(bubble, content, QRectF(), "")


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


class PhoneDelegate(QStyledItemDelegate):
    """Paints the lines; `width` is the view's, pictures come from `show_picture`."""

    def __init__(self, show_picture: ShowPicture, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._show_picture = show_picture
        self._placed: dict[tuple[int, int], tuple[PhoneLine | None, PlacedLine]] = {}
        self.width = 400

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self.width, self._layout_of(index).height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: PhoneLine | None = index.data(RECORD)
        placed = self._layout_of(index)
        theme = Theme.current()
        painter.save()
        painter.translate(option.rect.topLeft())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        own = line is not None and line.side is PhoneSide.CUSTOMER
        if not placed.bubble.isNull():
            painter.setPen(Qt.PenStyle.NoPen if own else QPen(theme.color("line"), 1.0))
            painter.setBrush(theme.color("accent_tint" if own else "panel"))
            rect = placed.bubble.adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(rect, Measure.BUBBLE_RADIUS, Measure.BUBBLE_RADIUS)
        painter.save()
        painter.translate(placed.content_at)
        paint_content(painter, placed.content, "text", self._show_picture)
        painter.restore()
        if placed.words:
            side = Qt.AlignmentFlag.AlignRight if own else Qt.AlignmentFlag.AlignLeft
            painter.setFont(font(Size.CAPTION, tabular=True))
            painter.setPen(theme.color("secondary"))
            painter.drawText(placed.caption, side | Qt.AlignmentFlag.AlignVCenter, placed.words)
        painter.restore()

    def _layout_of(self, index: Index) -> PlacedLine:
        line: PhoneLine | None = index.data(RECORD)
        known = self._placed.get((index.row(), self.width))
        if known is not None and known[0] is line:
            return known[1]
        placed = lay_out_typing(self.width) if line is None else lay_out_line(line, self.width)
        self._placed[index.row(), self.width] = (line, placed)
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

    def _note_place(self, value: int) -> None:
        self._at_end = value >= self.verticalScrollBar().maximum() - AT_END

    def _keep_end(self, _least: int, most: int) -> None:
        if self._at_end:
            self.verticalScrollBar().setValue(most)

    def _go_to_end(self) -> None:
        self._at_end = True
        self.scrollToBottom()
