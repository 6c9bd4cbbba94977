"""Content of a bubble, made from a message or a reply, and its links and pictures."""

from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.picture import PictureState
from wxdesk.i18n import tr
from wxdesk.ui.content.pieces import (
    ContentPiece,
    LinkSpan,
    Paragraph,
    PictureFrame,
    PicturePiece,
    card,
    lines,
    link,
    pieces_of_content,
)
from wxdesk.ui.inbox.timeline.entries import TimelineEntry
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
