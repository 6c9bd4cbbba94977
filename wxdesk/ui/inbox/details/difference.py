"""Differences that an edit made in a text, and the widget that marks them in it."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby

import regex
from msgspec import Struct
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPaintEvent, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QSizePolicy, QWidget

from wxdesk.core.model.reply import Content
from wxdesk.i18n import tr
from wxdesk.ui.content.layout import format_range, lay_out_lines
from wxdesk.ui.editing.revisions.comparison import MAX_TOKENS, LineChange
from wxdesk.ui.look.theme import Size, color_of, font
from wxdesk.ui.widgets.labels import positions_in
from wxdesk.ui.widgets.painting import painting

CONTEXT = 12
"""Words or characters shown of unchanged text on either side of a change."""

_TOKENS = regex.compile(r"(?:[\p{Latin}\p{Nd}_]\p{M}*)+|\X")
"""Words, else grapheme clusters, so that no emoji is split."""


class DiffPiece(Struct, frozen=True):
    """A stretch of text that stayed, was removed or was added."""

    text: str
    change: LineChange = LineChange.SAME


def difference(before: str, after: str) -> tuple[DiffPiece, ...]:
    """Return the pieces from `before` to `after`; removed text precedes added text.

    A single unchanged token between two changes is replaced with them; else the sentence could not be read.
    """
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    if max(len(old), len(new)) > MAX_TOKENS:
        return tuple(_pieces([(LineChange.GONE, old), (LineChange.ADDED, new)]))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return tuple(_pieces(_without_shreds(_opcodes(matcher, old, new))))


def shortened(pieces: Sequence[DiffPiece]) -> tuple[DiffPiece, ...]:
    """Return the pieces without unchanged text far from any change."""
    last = len(pieces) - 1
    return tuple(
        DiffPiece(_shortened(piece.text, first=at == 0, last=at == last)) if piece.change is LineChange.SAME else piece
        for at, piece in enumerate(pieces)
    )


def editable_text(content: Content) -> str:
    """Return all text of a reply line by line, with the addresses of links."""
    lines = (content.text, content.title, content.description, content.url, content.page_path)
    return "\n".join(line for line in lines if line)


def picture_changed(before: Content, after: Content) -> bool:
    """Return True if the picture or the cover differs."""
    return _pictures(before) != _pictures(after)


def _pictures(content: Content) -> tuple[str, ...]:
    return content.picture, content.media_id, content.thumb_picture, content.thumb_media_id, content.thumb_url


type _Stretch = tuple[LineChange, Sequence[str]]


def _opcodes(matcher: SequenceMatcher[str], old: Sequence[str], new: Sequence[str]) -> Iterator[_Stretch]:
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            yield LineChange.SAME, old[old_from:old_to]
        else:
            yield LineChange.GONE, old[old_from:old_to]
            yield LineChange.ADDED, new[new_from:new_to]


def _without_shreds(stretches: Iterable[_Stretch]) -> Iterator[_Stretch]:
    known = list(stretches)
    for at, (change, tokens) in enumerate(known):
        if change is LineChange.SAME and len(tokens) == 1 and 0 < at < len(known) - 1:
            yield LineChange.GONE, tokens
            yield LineChange.ADDED, tokens
        else:
            yield change, tokens


def _pieces(stretches: Iterable[_Stretch]) -> Iterator[DiffPiece]:
    """Merge adjacent changes, removed before added."""
    for same, run in groupby(stretches, key=lambda stretch: stretch[0] is LineChange.SAME):
        found = list(run)
        for change in (LineChange.SAME,) if same else (LineChange.GONE, LineChange.ADDED):
            text = "".join("".join(tokens) for kind, tokens in found if kind is change)
            if text:
                yield DiffPiece(text, change)


def _shortened(text: str, *, first: bool, last: bool) -> str:
    tokens = _TOKENS.findall(text)
    head = [] if first else tokens[:CONTEXT]
    tail = [] if last else tokens[-CONTEXT:]
    return text if len(tokens) <= len(head) + len(tail) + 1 else "".join((*head, "…", *tail))


class DifferenceView(QWidget):
    """Shows pieces of a text; removed ones are struck through, added ones underlined."""

    def __init__(self, pieces: Sequence[DiffPiece]) -> None:
        super().__init__()
        self.pieces = tuple(pieces)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(changes_in_text(self.pieces))

    def heightForWidth(self, width: int) -> int:
        return int(self._lay_out(width)[1]) + 2

    def sizeHint(self) -> QSize:
        return QSize(120, self.heightForWidth(max(120, self.width())))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.fontMetrics().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setPen(color_of("secondary"))
            self._lay_out(self.width())[0].draw(painter, QPointF(0, 0))

    def _lay_out(self, width: int) -> tuple[QTextLayout, float]:
        text, marks = "".join(piece.text for piece in self.pieces), _marks(self.pieces)
        lines, _, height = lay_out_lines(text, font(Size.SMALL), max(1, width), marks, gap=2)
        return lines, height


def changes_in_text(pieces: Sequence[DiffPiece]) -> str:
    """Return the changes as a sentence for screen readers."""
    said = {LineChange.GONE: "Removed “{words}”", LineChange.ADDED: "Added “{words}”"}
    return ", ".join(tr(said[piece.change], words=piece.text) for piece in pieces if piece.change in said)


def _marks(pieces: Sequence[DiffPiece]) -> list[QTextLayout.FormatRange]:
    marks, at = [], 0
    for piece in pieces:
        length = positions_in(piece.text)
        if piece.change is not LineChange.SAME:
            marks.append(format_range(at, length, _format(piece.change)))
        at += length
    return marks


def _format(change: LineChange) -> QTextCharFormat:
    look = QTextCharFormat()
    gone = change is LineChange.GONE
    look.setForeground(color_of("failed" if gone else "accent"))
    look.setBackground(color_of("failed_tint" if gone else "accent_tint"))
    look.setFontStrikeOut(gone)
    look.setFontUnderline(not gone)
    return look
