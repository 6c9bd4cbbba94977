"""A message of a contact, as it stands in a conversation."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field

from wxdesk.core.model.picture import PictureState


class MessageType(StrEnum):
    """Kind of message from a contact, by its name in rules (`on = […]`)."""

    TEXT = "text"
    IMAGE = "image"
    CARD = "card"
    ENTER_SESSION = "enter_session"
    OTHER = "other"

    @property
    def has_words(self) -> bool:
        """True if it comes with a text: its own, or a card's title."""
        return self in (MessageType.TEXT, MessageType.CARD)

    @property
    def has_picture(self) -> bool:
        """True if it comes with a picture: its own, or a card's cover."""
        return self in (MessageType.IMAGE, MessageType.CARD)

    @property
    def is_written(self) -> bool:
        """True if the contact certainly wrote it; what is OTHER may be an event."""
        return self not in (MessageType.ENTER_SESSION, MessageType.OTHER)


class Message(Struct, frozen=True):
    """A message or event of a contact in a conversation.

    `created_at` is WeChat's CreateTime (whole seconds), `received_at` our clock. `decided` is False until
    a decision has been stored for it.

    `picture_state` is None where the message names no picture. Once it is KEPT, `picture` is the digest of the
    picture, or of a card's cover; once it is MISSING, `picture_problem` says why, an English sentence for
    `i18n.tr`.
    """

    id: int
    conversation_id: int
    push_id: int
    type: MessageType
    created_at: datetime
    received_at: datetime
    text: str = ""
    msg_type: str = "text"
    msg_id: str | None = None
    event: str | None = None
    session_from: str | None = None
    media_id: str | None = None
    pic_url: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    decided: bool = False
    picture: str = ""
    picture_state: PictureState | None = None
    picture_problem: str = ""

    @property
    def kind(self) -> str:
        """Name of its type, or WeChat's own one where rules do not know it."""
        return self.msg_type if self.type is MessageType.OTHER else self.type.value

    @property
    def at(self) -> datetime:
        """Position in the timeline: WeChat's time, refined by ours where the two agree.

        CreateTime has whole seconds only; within that second the arrival tells the order. A push that came
        late (a retry, an outage) still stands where it was written.
        """
        return min(self.received_at, self.created_at + timedelta(milliseconds=999))
