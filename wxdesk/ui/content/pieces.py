"""What people see of a message or a reply, in pieces: paragraphs with their links, and pictures.

Pure functions of records. Only what this desk writes can have links inside a text; what a contact writes is text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from wxdesk.core.content.text_links import TextLink, segments
from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.i18n import tr
from wxdesk.ui.wording.messages import kind_word, readable


class Face(Enum):
    """How a paragraph is set: as a message, as the title of something, small below it, or as our own sentence."""

    MESSAGE = "message"
    TITLE = "title"
    NOTE = "note"
    SENTENCE = "sentence"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of a paragraph that lead somewhere; `start` and `length` count UTF-16 units, as Qt does."""

    start: int
    length: int
    link: TextLink


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text of one face; its lines end with a line feed alone."""

    text: str
    face: Face = Face.MESSAGE
    spans: tuple[Span, ...] = ()


class Frame(Enum):
    """How a picture is framed: whole, or as a card's cover, which fills its frame."""

    PHOTO = "photo"
    COVER = "cover"


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture of this desk's, by digest. Without one, `words` say why nothing is shown."""

    digest: str = ""
    frame: Frame = Frame.PHOTO
    words: str = ""


type Piece = Paragraph | Figure


def pieces_of_content(content: Content) -> tuple[Piece, ...]:
    """What a contact gets to see of `content`."""
    match content.kind:
        case ReplyKind.TEXT:
            return (_linked(content.text),)
        case ReplyKind.LINK:
            return link(content.title, content.description, content.url)
        case ReplyKind.CARD:
            cover = Figure(content.thumb_picture, Frame.COVER, tr("Picture"))
            return card(content.title, content.page_path, (cover,))
        case ReplyKind.IMAGE:
            return (Figure(content.picture, words=kind_word("image")),)
    return ()


def link(title: str, description: str, url: str) -> tuple[Piece, ...]:
    """A link to a page: its title, or that it is one, what it is about, and its address."""
    shown = Paragraph(readable(title) or kind_word("link"), Face.TITLE)
    about = [Paragraph(lines(readable(description)), Face.NOTE)] if description.strip() else []
    address = [Paragraph(url, Face.NOTE, (Span(0, _units(url), TextLink(url, url)),))] if url else []
    return (shown, *about, *address)


def card(title: str, path: str, cover: tuple[Figure, ...]) -> tuple[Piece, ...]:
    """A mini-program card: its title above its cover, and the page it leads to."""
    page = tr("Mini program · {path}", path=path) if path else tr("Mini program")
    return (Paragraph(readable(title) or kind_word("card"), Face.TITLE), *cover, Paragraph(page, Face.NOTE))


def _linked(text: str) -> Paragraph:
    """Text of this desk with each link by its label."""
    shown: list[str] = []
    spans: list[Span] = []
    at = 0
    for segment in segments(text):
        words = lines(readable(segment.text))
        if segment.link is not None:
            spans.append(Span(at, _units(words), segment.link))
        shown.append(words)
        at += _units(words)
    return Paragraph("".join(shown), spans=tuple(spans))


def lines(text: str) -> str:
    """`text` with its lines ended by a line feed alone, as paragraphs have them."""
    return text.replace("\r\n", "\n")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def span_at(spans: Sequence[Span], position: int) -> Span | None:
    """The span that holds the character at `position`."""
    return next((span for span in spans if span.start <= position < span.start + span.length), None)
