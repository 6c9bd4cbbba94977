"""A push of WeChat, from its parsed body to its row."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from wxdesk.core.model.message import MessageType


class BodyFormat(StrEnum):
    """Format of a push body, found from its first byte, never from Content-Type."""

    JSON = "json"
    XML = "xml"


class Incoming(Struct, frozen=True):
    """One parsed push, before anything is known about the contact.

    `event` is set for events (`MsgType` = event) and then `msg_id` is normally None. `media_id` and `pic_url`
    are those of a picture, or of a card's cover. `fields` holds every field of the body as text, by WeChat's
    own names, also those this program does not know.
    """

    to_user: str
    openid: str
    created_at: datetime
    type: MessageType
    msg_type: str
    event: str | None = None
    msg_id: str | None = None
    text: str = ""
    media_id: str | None = None
    pic_url: str | None = None
    session_from: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def names_picture(self) -> bool:
        """True if there is a picture to fetch: one that was sent, or a card's cover."""
        return self.type.has_picture and bool(self.media_id or self.pic_url)

    @property
    def opens_conversation(self) -> bool:
        """False for pushes outside the customer's chat (audits, subscriptions, debugging)."""
        return self.event is None or self.event == "user_enter_tempsession" or self.event.startswith("kf_")


class Push(Struct, frozen=True):
    """A verified and decrypted push on its way into the store.

    `incoming` is None when the body was signed by WeChat but could not be read; it is kept all the same.
    `key` is unique for ever within the account (see `webhook.dedupe`). `body` is the decrypted body.
    """

    account: str
    key: str
    body: bytes
    format: BodyFormat | None
    received_at: datetime
    incoming: Incoming | None
    note: str = ""


class KeptPush(Struct, frozen=True):
    """A row of the table of raw pushes; `derived` once its message has been made."""

    id: int
    account: str
    key: str
    body: bytes
    format: BodyFormat | None
    received_at: datetime
    derived: bool
    note: str = ""
