"""Displayed pieces of a message or a reply: paragraphs with links, and pictures.

Pure functions of records. Only this desk's own texts can have links inside; a contact's text is plain.
"""

from collections.abc import Sequence
from enum import Enum

from msgspec import Struct

from wxdesk.core.content.text_links import TextLink, segments
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.i18n import tr
from wxdesk.ui.widgets.labels import positions_in
from wxdesk.ui.wording.messages import kind_text, readable


class ParagraphStyle(Enum):
    """Style of a paragraph: a message, a title, a small note, or our own sentence."""

    MESSAGE = "message"
    TITLE = "title"
    NOTE = "note"
    SENTENCE = "sentence"


class LinkSpan(Struct, frozen=True):
    """A link within a paragraph; `start` and `length` count UTF-16 units, as Qt does."""

    start: int
    length: int
    link: TextLink


class Paragraph(Struct, frozen=True):
    """Text in one style; its lines end with a line feed alone."""

    text: str
    face: ParagraphStyle = ParagraphStyle.MESSAGE
    spans: tuple[LinkSpan, ...] = ()


class PictureFrame(Enum):
    """Frame of a picture: a whole photo, or a card's cover that fills its frame."""

    PHOTO = "photo"
    COVER = "cover"


class PicturePiece(Struct, frozen=True):
    """A picture of this desk, by digest; without one, `words` say why."""

    digest: str = ""
    frame: PictureFrame = PictureFrame.PHOTO
    words: str = ""


type ContentPiece = Paragraph | PicturePiece


def pieces_of_content(content: Content) -> tuple[ContentPiece, ...]:
    """Return the pieces of `content` as a contact sees it."""
    match content.kind:
        case ReplyKind.TEXT:
            return (_linked(content.text),)
        case ReplyKind.LINK:
            return link(content.title, content.description, content.url)
        case ReplyKind.CARD:
            cover = PicturePiece(content.thumb_picture, PictureFrame.COVER, tr("Picture"))
            return card(content.title, content.page_path, (cover,))
        case ReplyKind.IMAGE:
            return (PicturePiece(content.picture, words=kind_text("image")),)


def link(title: str, description: str, url: str) -> tuple[ContentPiece, ...]:
    """Return the pieces of a link: title (or a general one), description, address."""
    shown = Paragraph(readable(title) or kind_text("link"), ParagraphStyle.TITLE)
    about = [Paragraph(lines(readable(description)), ParagraphStyle.NOTE)] if description.strip() else []
    address = (
        [Paragraph(url, ParagraphStyle.NOTE, (LinkSpan(0, positions_in(url), TextLink(url, url)),))] if url else []
    )
    return (shown, *about, *address)


def card(title: str, path: str, cover: tuple[PicturePiece, ...]) -> tuple[ContentPiece, ...]:
    """Return the pieces of a mini-program card: its title, cover and page."""
    page = tr("Mini program · {path}", path=path) if path else tr("Mini program")
    return (
        Paragraph(readable(title) or kind_text("card"), ParagraphStyle.TITLE),
        *cover,
        Paragraph(page, ParagraphStyle.NOTE),
    )


def _linked(text: str) -> Paragraph:
    """Return a text of this desk with each link shown by its label."""
    shown: list[str] = []
    spans: list[LinkSpan] = []
    at = 0
    for segment in segments(text):
        words = lines(readable(segment.text))
        if segment.link is not None:
            spans.append(LinkSpan(at, positions_in(words), segment.link))
        shown.append(words)
        at += positions_in(words)
    return Paragraph("".join(shown), spans=tuple(spans))


def lines(text: str) -> str:
    """Return `text` with lines ended by a line feed alone, as paragraphs have them."""
    return text.replace("\r\n", "\n")


def span_at(spans: Sequence[LinkSpan], position: int) -> LinkSpan | None:
    """Return the link that holds the character at `position`."""
    return next((span for span in spans if span.start <= position < span.start + span.length), None)
