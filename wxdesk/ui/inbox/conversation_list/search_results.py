"""List of search results, each an excerpt around the match."""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from wxdesk.core.content.text_links import visible_text
from wxdesk.core.conversations.listing import SearchHit, TimelineItem
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.message import Message
from wxdesk.desk.ports import Clock
from wxdesk.i18n import tr
from wxdesk.ui.inbox.lists.row_model import RowModel
from wxdesk.ui.inbox.timeline.entries import message_text, reply_text
from wxdesk.ui.look.theme import Measure, Size, Theme, font
from wxdesk.ui.widgets.painting import paint_avatar, paint_text
from wxdesk.ui.widgets.row_index import Index
from wxdesk.ui.wording.messages import ago, name_of, with_names
from wxdesk.ui.wording.status import status_text

ROW = 60
_BEFORE = 12


class HitRole(IntEnum):
    """Data roles of the search results."""

    HIT = Qt.ItemDataRole.UserRole + 1
    PHRASE = Qt.ItemDataRole.UserRole + 2


class SearchModel(RowModel[SearchHit]):
    """Newest matches of `phrase`; the store bounds their number."""

    phrase = ""

    def _spoken(self, row: SearchHit) -> str:
        aside = status_text(row.conversation, self._clock())
        parts = (name_of(row.conversation.contact), aside, excerpt(row, self.phrase))
        return ", ".join(part for part in parts if part)

    def _fact(self, row: SearchHit, role: int) -> object:
        if role == HitRole.PHRASE:
            return self.phrase
        return row if role == HitRole.HIT else None

    def show(self, phrase: str, hits: Sequence[SearchHit]) -> None:
        """Replace all results."""
        self.beginResetModel()
        self.phrase = phrase
        self._rows = list(hits)
        self.endResetModel()


def excerpt(hit: SearchHit, phrase: str) -> str:
    """Return the text of a hit from shortly before the phrase, with its author."""
    item = hit.item
    said, at = _line_and_match(item, phrase)
    if at > _BEFORE:
        said = "…" + said[at - _BEFORE :]
    if isinstance(item, Message):
        return said
    if item.author is Author.OPERATOR:
        return f"{item.operator}: {said}" if item.operator else tr("You: {said}", said=said)
    return tr("Rule: {said}", said=said)


def _line_and_match(item: TimelineItem, phrase: str) -> tuple[str, int]:
    """Return an item's text on one line, and where the phrase begins in it, or -1.

    A phrase that matches an emoticon's name keeps that name: its emoji would not explain the match.
    """
    said = message_text(item) if isinstance(item, Message) else reply_text(item)
    raw = item.text if isinstance(item, Message) else visible_text(item.content.text)
    said = " ".join(said.split())
    at = said.casefold().find(phrase.casefold())
    if at < 0:
        by_name = " ".join(with_names(raw).split())
        at = by_name.casefold().find(phrase.casefold())
        said = by_name if at >= 0 else said
    return said, at


class SearchDelegate(QStyledItemDelegate):
    """Painter of a search result in two lines, with the phrase highlighted."""

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(Measure.LIST, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        hit: SearchHit | None = index.data(HitRole.HIT)
        if hit is None:
            return
        theme, rect = Theme.current(), option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("selection"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.color("hover"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line"))
        paint_avatar(painter, QRectF(rect.left() + 12, rect.top() + 12, 36, 36), hit.conversation.contact)
        line = QRect(rect.left() + 58, rect.top() + 9, rect.width() - 70, 20)
        now = self._clock()
        aside = status_text(hit.conversation, now)
        when = f"{aside} · {ago(hit.item.at, now)}" if aside else ago(hit.item.at, now)
        width = QFontMetrics(font(Size.SMALL)).horizontalAdvance(when) + 1
        corner = QRect(line.right() - width + 1, line.top(), width, line.height())
        paint_text(painter, corner, when, font(Size.SMALL), theme.color("faint"))
        name = name_of(hit.conversation.contact)
        paint_text(painter, line.adjusted(0, 0, -width - 8, 0), name, font(Size.BODY, strong=True), theme.color("text"))
        self._paint_excerpt(painter, line.translated(0, 21), hit, index.data(HitRole.PHRASE), theme)
        painter.restore()

    def _paint_excerpt(self, painter: QPainter, line: QRect, hit: SearchHit, phrase: str, theme: Theme) -> None:
        face = font(Size.SMALL)
        metrics = QFontMetrics(face)
        text = metrics.elidedText(excerpt(hit, phrase), Qt.TextElideMode.ElideRight, line.width())
        at = text.casefold().find(phrase.casefold())
        if at >= 0:
            left = line.left() + metrics.horizontalAdvance(text[:at])
            width = metrics.horizontalAdvance(text[at : at + len(phrase)])
            painter.fillRect(QRect(left - 1, line.top() + 1, width + 2, line.height() - 2), theme.color("accent_tint"))
        paint_text(painter, line, text, face, theme.color("secondary"))
