"""Search of everything: its field, its results by kind, and their list."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import groupby

from msgspec import Struct
from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from wxdesk.core.content.text_links import visible_text
from wxdesk.core.conversations.listing import InboxRow, SearchHit, TimelineItem
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.message import Message
from wxdesk.core.model.rule import Rule
from wxdesk.core.search_words import contains
from wxdesk.desk.ports import Clock
from wxdesk.desk.search import MOST_HITS, Found
from wxdesk.i18n import tr
from wxdesk.ui.inbox.lists import RowsView, TimedRows
from wxdesk.ui.inbox.timeline.entries import message_text, reply_text
from wxdesk.ui.look.theme import Measure, color_of, font, line_height, smaller
from wxdesk.ui.widgets.labels import key_name
from wxdesk.ui.widgets.painting import RIGHT, paint_avatar, paint_row, paint_text
from wxdesk.ui.widgets.row_list import RECORD, Index, RowDelegate
from wxdesk.ui.wording.conversation import draft_mark, preview_of_row
from wxdesk.ui.wording.messages import name_of, said_by, short_openid, with_names
from wxdesk.ui.wording.status import status_text
from wxdesk.ui.wording.times import ago

MOST = 3
"""Results of one kind that are shown beside others."""

NOTHING = Found()
_BEFORE = 12


class Heading(Struct, frozen=True):
    """Title of a group of results."""

    word: str


class Place(Struct, frozen=True):
    """A template, rule, page or command by its `word`; `go` leads there.

    Beside it stands its key, or `why` it was found if its word does not tell.
    """

    word: str
    go: Callable[[], object]
    key: str = ""
    group: str = ""
    why: str = ""


type FoundRow = Heading | InboxRow | SearchHit | Place


class SearchModel(TimedRows[FoundRow]):
    """Results for `phrase` in groups, the group with the best one first."""

    phrase = ""

    def flags(self, index: Index) -> Qt.ItemFlag:
        heading = isinstance(self.data(index, RECORD), Heading)
        return Qt.ItemFlag.NoItemFlags if heading else super().flags(index)

    def _accessible_text(self, row: FoundRow) -> str:
        if isinstance(row, Heading | Place):
            return ", ".join(filter(None, (row.word, getattr(row, "key", ""), getattr(row, "why", ""))))
        conversation = row.conversation
        said = excerpt(row, self.phrase) if isinstance(row, SearchHit) else known_by(row, self.phrase)
        whose = name_of(conversation.contact), self.account_of(conversation.contact)
        return ", ".join(filter(None, (*whose, status_text(conversation, self.clock()), said)))

    def show(self, phrase: str, found: Found = NOTHING, places: Sequence[Place] = ()) -> None:
        """Replace all results; of each kind, the first few beside others."""
        more = len(found.messages) == MOST_HITS
        rest = (Heading(tr("These are {n}. Add a word to find others.", n=MOST_HITS)),) if more else ()
        kinds: list[tuple[str, Sequence[FoundRow]]] = [
            (tr("Customers"), found.customers),
            (tr("Messages and replies"), (*found.messages, *rest)),
            *((name, tuple(group)) for name, group in groupby(places, key=lambda one: one.group)),
        ]
        kinds = [kind for kind in kinds if kind[1]]
        kinds.sort(key=lambda kind: not _named(kind[1][0], phrase))
        shown: list[FoundRow] = []
        for name, rows in kinds:
            shown += [Heading(name)] if len(kinds) > 1 else []
            if len(kinds) > 1 and len(rows) > MOST:
                rows = (*rows[:MOST], Place(tr("Show all found"), partial(self.replace_rows, rows)))
            shown += rows
        self.phrase = phrase
        self.replace_rows(shown)

    def first(self) -> Index:
        """Return the index of the best result."""
        rows = (row for row, one in enumerate(self._rows) if not isinstance(one, Heading))
        return self.index(next(rows, -1))


def _named(row: FoundRow, phrase: str) -> bool:
    """Tell if the phrase begins the name of a result."""
    word = row.word if isinstance(row, Heading | Place) else row.conversation.contact.alias
    return not isinstance(row, SearchHit) and word.casefold().startswith(phrase.casefold())


def known_by(row: InboxRow, phrase: str) -> str:
    """Return the tag, note or openid that matches; the list's words if a name does."""
    contact = row.conversation.contact
    if contains(contact.alias or contact.openid, phrase):
        return f"{draft_mark(row)} {preview_of_row(row)}".strip()
    tag = next((one for one in contact.tags if contains(one, phrase)), "")
    if tag:
        return tr("Tag: {tag}", tag=tag)
    if contains(contact.note, phrase):
        return tr("Note: {note}", note=" ".join(contact.note.split()))
    return short_openid(contact.openid)


def excerpt(hit: SearchHit, phrase: str) -> str:
    """Return the text of a hit from shortly before the phrase, with its author."""
    item = hit.item
    said, at = _line_and_match(item, phrase)
    if at > _BEFORE:
        said = "…" + said[at - _BEFORE :]
    if isinstance(item, Message):
        return said
    if item.author is Author.OPERATOR:
        return said_by(item.operator, said)
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


def _keyword(rule: Rule, phrase: str) -> str:
    """Return the word of a rule by which it was found; empty if its name tells."""
    if contains(rule.name, phrase):
        return ""
    return next((tr("Answers “{word}”", word=word) for word in rule.when.words if contains(word, phrase)), "")


class SearchDelegate(RowDelegate[FoundRow]):
    """Painter of the results, with the phrase highlighted."""

    def __init__(self, model: SearchModel) -> None:
        super().__init__()
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row, line = index.data(RECORD), line_height()
        within = line + 8 if isinstance(row, Heading) else line + 16 if isinstance(row, Place) else 2 * line + 20
        return QSize(Measure.LIST, within)

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, row: FoundRow) -> None:
        rect = option.rect
        if isinstance(row, Heading):
            face = font(smaller(2), strong=True)
            paint_text(painter, rect.adjusted(12, 4, -12, 0), row.word, face, color_of("secondary"))
            return
        paint_row(painter, option)
        phrase = self._model.phrase
        if isinstance(row, Place):
            aside = key_name(row.key.split(" ")[0]) if row.key else row.why
            self._paint_name(painter, rect.adjusted(12, 0, -12, 0), (row.word, aside))
        else:
            self._paint_talk(painter, rect, row, phrase)

    def _paint_talk(self, painter: QPainter, rect: QRect, row: SearchHit | InboxRow, phrase: str) -> None:
        conversation, contact = row.conversation, row.conversation.contact
        at = conversation.last_at if isinstance(row, InboxRow) else row.item.at
        said = known_by(row, phrase) if isinstance(row, InboxRow) else excerpt(row, phrase)
        paint_avatar(painter, QRectF(rect.left() + 12, rect.top() + 12, 36, 36), contact.openid, contact.alias)
        line = QRect(rect.left() + 58, rect.top() + 9, rect.width() - 70, line_height())
        now = self._model.clock()
        whose = self._model.account_of(contact)
        when = " · ".join(filter(None, (whose, status_text(conversation, now), ago(at, now) if at else "")))
        self._paint_name(painter, line, (name_of(contact), when))
        self._paint_excerpt(painter, line.translated(0, line.height() + 1), said, phrase)

    def _paint_name(self, painter: QPainter, line: QRect, words: tuple[str, str]) -> None:
        """Paint a name, and something small at its right."""
        name, aside = words
        face, strong = font(smaller(2)), font(smaller(1), strong=True)
        width = QFontMetrics(face).horizontalAdvance(aside) + 1
        paint_text(painter, line, aside, face, color_of("secondary"), RIGHT)
        paint_text(painter, line.adjusted(0, 0, -width - 8, 0), name, strong, color_of("text"))

    def _paint_excerpt(self, painter: QPainter, line: QRect, said: str, phrase: str) -> None:
        face = font(smaller(2))
        metrics = QFontMetrics(face)
        text = metrics.elidedText(said, Qt.TextElideMode.ElideRight, line.width())
        at = text.casefold().find(phrase.casefold())
        if at >= 0:
            left = line.left() + metrics.horizontalAdvance(text[:at])
            width = metrics.horizontalAdvance(text[at : at + len(phrase)])
            painter.fillRect(QRect(left - 1, line.top() + 1, width + 2, line.height() - 2), color_of("mark"))
        paint_text(painter, line, text, face, color_of("text" if at >= 0 else "secondary"))


class FoundView(RowsView):
    """Shows results; `places` has the window's pages and commands.

    Signals:
        hit_picked: a `SearchHit` to open. picked, template_picked, rule_picked: the id of one to open.
        left: anything but a message was chosen, so that the search has ended. changed: more is shown.
    """

    hit_picked = Signal(object)
    picked = Signal(int)
    template_picked = Signal(int)
    rule_picked = Signal(int)
    left = Signal()
    changed = Signal()

    def __init__(self, clock: Clock, parent: QWidget) -> None:
        self.places: Callable[[], Iterable[Place]] = tuple
        self.hits = SearchModel(clock)
        super().__init__(self.hits, SearchDelegate(self.hits), tr("Search results"), parent, uniform=False)
        self.verticalScrollBar().setSingleStep(24)
        self.activated.connect(self.take)
        self.clicked.connect(self.take)

    def show_found(self, phrase: str, found: Found) -> None:
        """Show what contains `phrase`."""
        places = [one for one in self.places() if contains(one.word, phrase)]
        for group, picked, records in (
            (tr("Templates"), self.template_picked, [(one.id, one.title, "") for one in found.templates]),
            (tr("Rules"), self.rule_picked, [(one.id, one.name, _keyword(one, phrase)) for one in found.rules]),
        ):
            places += [Place(name, partial(picked.emit, one), group=group, why=why) for one, name, why in records]
        self.hits.show(phrase, found, places)

    def follow(self, conversation_id: int | None) -> None:
        """Mark no result of another conversation than the open one."""
        hit = self.currentIndex().data(RECORD)
        if isinstance(hit, SearchHit | InboxRow) and hit.conversation.id != conversation_id:
            self.clearSelection()

    def take(self, index: Index) -> None:
        """Open a result; does nothing without one."""
        match index.data(RECORD):
            case SearchHit() as hit:
                self.hit_picked.emit(hit)
            case InboxRow() as row:
                self.left.emit()
                self.picked.emit(row.conversation.id)
            case Place() as place:
                if place.group:
                    self.left.emit()
                place.go()
                self.changed.emit()
