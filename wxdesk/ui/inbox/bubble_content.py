"""What a bubble holds, from a message or a reply: paragraphs with their links, and pictures.

Pure functions of records. Only what this desk writes can have links inside a text; what a contact writes is text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from wxdesk.core.model import Content, Message, MessageType, PictureState, ReplyKind
from wxdesk.core.text_links import TextLink, segments
from wxdesk.i18n import tr
from wxdesk.ui.inbox.timeline_entries import Entry
from wxdesk.ui.words import kind_word, readable


class Face(Enum):
    """How a paragraph is set: as a message, as the title of something, or small below it."""

    MESSAGE = "message"
    TITLE = "title"
    NOTE = "note"


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


def pieces_of(entry: Entry) -> tuple[Piece, ...]:
    """What stands in the bubble of `entry`, from top to bottom."""
    if entry.reply is not None:
        return pieces_of_content(entry.reply.content)
    pieces = _pieces_of_message(entry.message) if entry.message is not None else ()
    return pieces or (Paragraph(_lines(entry.text)),)


def pieces_of_content(content: Content) -> tuple[Piece, ...]:
    """What a contact gets to see of `content`."""
    match content.kind:
        case ReplyKind.TEXT:
            return (_linked(content.text),)
        case ReplyKind.LINK:
            return _link(content.title, content.description, content.url)
        case ReplyKind.CARD:
            cover = Figure(content.thumb_picture, Frame.COVER, tr("Picture"))
            return _card(content.title, content.page_path, (cover,))
        case ReplyKind.IMAGE:
            return (Figure(content.picture, words=kind_word("image")),)
    return ()


def _pieces_of_message(message: Message) -> tuple[Piece, ...]:
    if message.type is MessageType.IMAGE:
        return (_received(message, Frame.PHOTO),)
    if message.type is MessageType.CARD:
        cover = (_received(message, Frame.COVER),) if message.picture_state is not None else ()
        return _card(message.fields.get("Title", ""), message.fields.get("PagePath", ""), cover)
    if message.msg_type == "link":
        fields = message.fields
        return _link(fields.get("Title", ""), fields.get("Description", ""), fields.get("Url", ""))
    return ()


def _received(message: Message, frame: Frame) -> Figure:
    """A contact's picture, or why it is not there."""
    match message.picture_state:
        case PictureState.KEPT:
            return Figure(message.picture, frame, kind_word("image"))
        case PictureState.AWAITED:
            return Figure(frame=frame, words=tr("Fetching the picture…"))
        case PictureState.MISSING:
            return Figure(frame=frame, words=tr(message.picture_problem))
    return Figure(frame=frame, words=tr("Without a picture"))


def _link(title: str, description: str, url: str) -> tuple[Piece, ...]:
    shown = Paragraph(readable(title) or kind_word("link"), Face.TITLE)
    about = [Paragraph(_lines(readable(description)), Face.NOTE)] if description.strip() else []
    address = [Paragraph(url, Face.NOTE, (Span(0, _units(url), TextLink(url, url)),))] if url else []
    return (shown, *about, *address)


def _card(title: str, path: str, cover: tuple[Figure, ...]) -> tuple[Piece, ...]:
    page = tr("Mini program · {path}", path=path) if path else tr("Mini program")
    return (Paragraph(readable(title) or kind_word("card"), Face.TITLE), *cover, Paragraph(page, Face.NOTE))


def _linked(text: str) -> Paragraph:
    """Text of this desk with each link by its label."""
    shown: list[str] = []
    spans: list[Span] = []
    at = 0
    for segment in segments(text):
        words = _lines(readable(segment.text))
        if segment.link is not None:
            spans.append(Span(at, _units(words), segment.link))
        shown.append(words)
        at += _units(words)
    return Paragraph("".join(shown), spans=tuple(spans))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def held_in(entry: Entry) -> tuple[Span | Figure, ...]:
    """What of a bubble can be opened: its pictures, then its links."""
    pieces = pieces_of(entry)
    figures = [piece for piece in pieces if isinstance(piece, Figure) and piece.digest]
    spans = [span for piece in pieces if isinstance(piece, Paragraph) for span in piece.spans]
    return (*figures, *spans)


def picture_of(entry: Entry) -> Figure | None:
    """The picture of a bubble that is nothing else."""
    pieces = pieces_of(entry)
    only = pieces[0] if len(pieces) == 1 else None
    return only if isinstance(only, Figure) and only.digest else None


def span_at(spans: Sequence[Span], position: int) -> Span | None:
    """The span that holds the character at `position`."""
    return next((span for span in spans if span.start <= position < span.start + span.length), None)
