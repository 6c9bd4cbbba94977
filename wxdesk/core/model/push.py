"""A push of WeChat, from its parsed body to its row, or why it is refused."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus

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


class Refusal(StrEnum):
    """Reasons for refusing a request as a push: `PushRefused.why`.

    They are for our own counters and the traffic page. Every failure of a signature or a decryption is answered alike,
    403 with an empty body, so that nobody outside can learn which check failed.
    """

    ADDRESS = "unknown address"
    METHOD = "wrong method"
    HTTP = "not HTTP"
    TOO_LARGE = "too large"
    ENCODED = "compressed"
    SLOW = "too slow"
    BROKEN_OFF = "broken off"
    CREDENTIALS = "no credentials"
    QUERY = "query"
    ENVELOPE = "not encrypted"
    PLAIN_TEXT = "plain text"  # a whole message in the clear where only encrypted ones count: an attack
    SIGNATURE = "signature"
    DECRYPTION = "decryption"
    APP_ID = "app_id"
    AGE = "old"


REFUSED = "refused: "
"""Beginning of `PushSeen.outcome` of a refused request, before its reason."""

_WRONG_AS_HTTP: dict[str, HTTPStatus] = {
    Refusal.ADDRESS: HTTPStatus.NOT_FOUND,
    Refusal.METHOD: HTTPStatus.METHOD_NOT_ALLOWED,
    Refusal.HTTP: HTTPStatus.BAD_REQUEST,
    Refusal.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Refusal.ENCODED: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Refusal.SLOW: HTTPStatus.REQUEST_TIMEOUT,
    Refusal.BROKEN_OFF: HTTPStatus.BAD_REQUEST,
}


def refusal_status(why: str) -> HTTPStatus:
    """Return the status that the sender of a refused request gets, by its reason."""
    return _WRONG_AS_HTTP.get(why, HTTPStatus.FORBIDDEN)
