"""The records that travel through the rooms, and the closed sets of words they use.

Every record is frozen: a change is a new record, made by `dataclasses.replace` or read again from the
store. Times are aware datetimes in UTC. Words are those of CONTRIBUTING's glossary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from wxdesk.core.model.picture import PictureState
from wxdesk.core.model.status import Aside, Status


class PushMode(StrEnum):
    """How WeChat protects a push (消息加密方式); set per account in WeChat's console and here alike."""

    PLAIN = "plain"
    COMPAT = "compat"
    SECURE = "secure"


class BodyFormat(StrEnum):
    """How a push body is written; found from its first byte, never from Content-Type."""

    JSON = "json"
    XML = "xml"


class ReplyMode(StrEnum):
    """What happens to an automatic reply: sent, sent after a wait, prepared only, or not made at all."""

    AUTO = "auto"
    HOLD = "hold"
    DRAFT = "draft"
    OFF = "off"


class ModeSource(StrEnum):
    """Whose word a mode is: the account's, the rule's delivery, or a human's about one conversation."""

    ACCOUNT = "account"
    RULE = "rule"
    CONVERSATION = "conversation"


class MessageType(StrEnum):
    """What a contact did, in the words that rules use (`on = […]`)."""

    TEXT = "text"
    IMAGE = "image"
    CARD = "card"
    ENTER_SESSION = "enter_session"
    OTHER = "other"


class ReplyKind(StrEnum):
    """What a reply consists of; the same four that WeChat's custom/send takes."""

    TEXT = "text"
    IMAGE = "image"
    LINK = "link"
    CARD = "card"


class Author(StrEnum):
    """Who wrote something that stands in a conversation."""

    CONTACT = "contact"
    RULE = "rule"
    OPERATOR = "operator"


class ReplyState(StrEnum):
    """Where a reply is on its way; the moves between them are in `core.lifecycle`."""

    DRAFT = "draft"
    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Account:
    """One mini program, as the operator configured it. `name` is the path of its push URL.

    `reserve` is how many of the replies that WeChat allows to a contact the rules leave to the human, 0 to 4.
    `timezone` is the IANA name of the one in which its customers are told the time; empty is the machine's own.
    """

    name: str
    app_id: str
    original_id: str
    push_mode: PushMode = PushMode.SECURE
    reply_mode: ReplyMode = ReplyMode.AUTO
    hold_seconds: int = 8
    reserve: int = 2
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One parsed push: what WeChat says happened, before anything is known about the contact.

    `event` is set for events (`MsgType` = event) and then `msg_id` is normally None. `media_id` and `pic_url` are
    those of a picture, or of a card's cover. `fields` holds every field of the body as text, by WeChat's own names,
    also those this program does not know.
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
        """True if there is a picture to fetch: the one a contact sent, or the cover of his card."""
        return self.type in (MessageType.IMAGE, MessageType.CARD) and bool(self.media_id or self.pic_url)

    @property
    def opens_conversation(self) -> bool:
        """False for pushes that are not from a customer in the chat (audits, subscriptions, debugging)."""
        return self.event is None or self.event == "user_enter_tempsession" or self.event.startswith("kf_")


@dataclass(frozen=True, slots=True)
class Push:
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


@dataclass(frozen=True, slots=True)
class KeptPush:
    """A row of the table of raw pushes. `derived` tells whether its message has been made from it."""

    id: int
    account: str
    key: str
    body: bytes
    format: BodyFormat | None
    received_at: datetime
    derived: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person who writes to an account. WeChat tells no name, so `alias` is the operator's own."""

    id: int
    account: str
    openid: str
    first_seen_at: datetime
    alias: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class ReplyWindow:
    """What WeChat still allows to one contact (下发条数, 下发时限): `left` replies until `until`."""

    left: int = 0
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """The thread with one contact and its present state.

    `mode` None means: as the account says. `taken_over` pauses automatic replies, until `taken_over_until`
    if that is set, else until handed back. `waiting_since` is the time of the oldest message that nobody
    answered yet, None when nothing waits. `preview` is the text of the last thing said, by `preview_author`;
    `preview_kind` is its MessageType or ReplyKind, for what has no text.

    `takeover_silence`: the takeover ends after so many seconds in which nobody wrote; whatever is written moves
    `taken_over_until`. `takeover_by_writing`: a human began it by writing, and each of his words puts its end off.
    `called_at` is since when a rule, `called_by`, asks for a human; None when none does.

    `transfer_armed`: the contact's next message is answered with a transfer to WeChat's own tool. `transferred_until`
    is when he comes back from there at the latest (see `core.transfer`), None while he is not there. `session_from`
    is where he came from last, as the mini program told it.

    `resolved_at` and `snoozed_until` are set while it is set aside (`core.aside`), by the rule `aside_by`, empty for a
    human. `back_at` is when a snooze ended by itself, until somebody has looked.
    """

    id: int
    account: str
    contact: Contact
    mode: ReplyMode | None = None
    taken_over: bool = False
    taken_over_until: datetime | None = None
    unread: int = 0
    preview: str = ""
    preview_kind: str = "text"
    preview_author: Author = Author.CONTACT
    last_at: datetime | None = None
    waiting_since: datetime | None = None
    window: ReplyWindow = ReplyWindow()
    transfer_armed: bool = False
    transferred_until: datetime | None = None
    session_from: str = ""
    takeover_silence: int | None = None
    takeover_by_writing: bool = False
    called_at: datetime | None = None
    called_by: str = ""
    resolved_at: datetime | None = None
    snoozed_until: datetime | None = None
    aside_by: str = ""
    back_at: datetime | None = None

    @property
    def status(self) -> Status:
        """Whether it is in work, or set aside."""
        if self.resolved_at is not None:
            return Status.RESOLVED
        return Status.OPEN if self.snoozed_until is None else Status.SNOOZED

    @property
    def awaits(self) -> bool:
        """Whether somebody waits for an answer in it, and it is not set aside."""
        return self.waiting_since is not None and self.status is Status.OPEN


@dataclass(frozen=True, slots=True)
class Message:
    """Something a contact sent or did, as it stands in a conversation.

    `created_at` is WeChat's CreateTime (whole seconds), `received_at` our clock. `decided` is False until
    a decision has been stored for it.

    `picture_state` is None where the message names no picture. Once it is KEPT, `picture` is the digest of the
    picture, or of a card's cover; once it is MISSING, `picture_problem` says why, an English sentence for `i18n.tr`.
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
    def at(self) -> datetime:
        """Its place in the timeline: WeChat's time, made finer by ours where the two agree.

        CreateTime has whole seconds only; within that second the arrival tells the order. A push that came
        late (a retry, an outage) still stands where it was written.
        """
        return min(self.received_at, self.created_at + timedelta(milliseconds=999))


@dataclass(frozen=True, slots=True)
class Content:
    """What a reply says, whatever its kind; the fields that a kind does not use stay empty.

    text: `text` · image: `picture` or `media_id` · link: `title`, `description`, `url`, `thumb_url` ·
    card: `title`, `page_path`, and `thumb_picture` or `thumb_media_id`.

    `picture` and `thumb_picture` are digests of kept pictures, uploaded when the reply leaves; a media_id names one
    that WeChat holds already, for three days. Where both stand, the kept picture counts.

    `gaps` names the values that were missing when a rule prepared the text (see `core.gaps`).
    """

    kind: ReplyKind = ReplyKind.TEXT
    text: str = ""
    media_id: str = ""
    title: str = ""
    description: str = ""
    url: str = ""
    thumb_url: str = ""
    page_path: str = ""
    thumb_media_id: str = ""
    picture: str = ""
    thumb_picture: str = ""
    gaps: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """One line for lists: the text, or the title of what is not text."""
        return self.text or self.title


@dataclass(frozen=True, slots=True)
class Reply:
    """Something this desk says or said to a contact; a row before it is a request.

    `due_at` is the deadline of a held reply, None while it waits for its human; `not_before` delays a queued one
    (back-off). `edited` marks a rule's reply that an operator changed; `by` names who cancelled or settled it.
    `confirmed`: that it arrived was said by a human, never by WeChat.
    `errcode`, `error` and `rid` are WeChat's last answer. `attempts` counts the HTTP calls made. `part_of` is the first
    part's id in the later parts of one answer. `aside`: what its rule does to the conversation, see `core.aside`.
    `passed_by` is the id of what an operator wrote instead of it.

    `mode` is the one that applied when a rule made it, or that has made a draft of it since, and `mode_from` whose word
    that was; both stay what they are when the mode is set otherwise later. None where no rule made it.
    """

    id: int
    conversation_id: int
    account: str
    openid: str
    author: Author
    content: Content
    state: ReplyState
    created_at: datetime
    updated_at: datetime
    message_id: int | None = None
    decision_id: int | None = None
    rule_id: int | None = None
    rule_name: str = ""
    rule_revision: int = 0
    due_at: datetime | None = None
    not_before: datetime | None = None
    attempts: int = 0
    sent_at: datetime | None = None
    edited: bool = False
    by: str = ""
    errcode: int | None = None
    error: str = ""
    rid: str = ""
    part_of: int | None = None
    mode: ReplyMode | None = None
    mode_from: ModeSource | None = None
    aside: Aside | None = None
    confirmed: bool = False
    passed_by: int | None = None

    @property
    def at(self) -> datetime:
        """Its place in the timeline: when it was made."""
        return self.created_at


@dataclass(frozen=True, slots=True)
class NewReply:
    """A reply that has no row yet; the store gives it an id and its times."""

    conversation_id: int
    author: Author
    content: Content
    state: ReplyState
    message_id: int | None = None
    rule_id: int | None = None
    rule_name: str = ""
    rule_revision: int = 0
    due_at: datetime | None = None
    not_before: datetime | None = None
    mode: ReplyMode | None = None
    mode_from: ModeSource | None = None
    aside: Aside | None = None
