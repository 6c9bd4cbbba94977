"""A reply and its content, from an operator's first word to WeChat's answer."""

from datetime import datetime
from enum import StrEnum
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.model.account import ModeSource, ReplyMode
from wxdesk.core.model.conversation import Author, StatusChange


class ReplyKind(StrEnum):
    """Kind of reply; the same four that WeChat's custom/send takes."""

    TEXT = "text"
    IMAGE = "image"
    LINK = "link"
    CARD = "card"


class Content(Struct, frozen=True):
    """The content of a reply or template of any kind; unused fields stay empty.

    text: `text` · image: `picture` or `media_id` · link: `title`, `description`, `url`, `thumb_url` ·
    card: `title`, `page_path`, and `thumb_picture` or `thumb_media_id`.

    `picture` and `thumb_picture` are digests of kept pictures, uploaded when the reply leaves; a media_id names
    one that WeChat holds already, for three days. Where both are set, the kept picture counts.

    `gaps` names the values that were missing when a rule prepared the text (see `core.replies.gaps`).
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
        """One line for lists: the text, or else the title."""
        return self.text or self.title


class ReplyState(StrEnum):
    """State of a reply; the moves between them are in `core.replies.lifecycle`."""

    DRAFT = "draft"
    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class Reply(Struct, frozen=True):
    """A reply to a contact, pending, sent or failed; a row before it is a request.

    `due_at` is the deadline of a held reply, None while it waits for the operator; `not_before` delays a queued
    one (back-off). `edited` marks a rule's reply that an operator changed. `by` is empty until somebody but its author
    decides about it: then the operator who locks it for editing, releases it or a part of its answer, sends it again
    or confirms it, or who cancelled it (an operator, "contact" or "WeChat"). What has it is no longer automatic.
    `confirmed`: an operator, never WeChat, stated that it arrived. `errcode`, `error` and `rid` are
    WeChat's last answer. `attempts` counts the HTTP calls made. `part_of` is the first part's id in the later
    parts of one answer. `aside`: the status change that its rule wants. `passed_by` is
    the id of the reply that an operator wrote instead of it. `placed_at` is set if something else was said before it
    arrived: the contact has it there. `operator` is the name of who wrote or edited it, in a team that signs in.

    `mode` is the one that applied when a rule made it, or that has made a draft of it since, and `mode_from`
    the source of that mode; both stay as they are when the mode is set otherwise later. None where no rule made
    it.
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
    aside: StatusChange | None = None
    confirmed: bool = False
    passed_by: int | None = None
    placed_at: datetime | None = None
    operator: str = ""

    @property
    def at(self) -> datetime:
        """Position in the timeline: its creation, or its arrival after something newer."""
        return self.placed_at or self.created_at

    @property
    def counts_down(self) -> bool:
        """True while it is held until a deadline."""
        return self.state is ReplyState.HELD and self.due_at is not None

    @property
    def asks(self) -> bool:
        """True while it is held until its operator decides."""
        return self.state is ReplyState.HELD and self.due_at is None


class NewReply(Struct, frozen=True):
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
    aside: StatusChange | None = None
    error: str = ""


WAITS = frozenset({ReplyState.DRAFT, ReplyState.HELD})
"""States in which a reply waits for its time or for the operator."""

ON_ITS_WAY = frozenset({ReplyState.QUEUED, ReplyState.SENDING})
"""States in which a reply waits for nobody any more, and has not arrived."""

UNSETTLED = frozenset({ReplyState.FAILED, ReplyState.UNKNOWN})
"""States that last until the operator settles the reply."""

EDITABLE = WAITS | {ReplyState.FAILED}
"""States in which a reply's content may be changed."""

_NOTHING = Content()


class UnsentContent(Struct, frozen=True):
    """Stored form of a draft; `reply_id` is the reply that it changes, if any."""

    content: Content
    reply_id: int | None = None


class Draft(Struct, frozen=True):
    """Unsent content; `editing` is the reply that it changes, None for a new one."""

    content: Content = _NOTHING
    editing: Reply | None = None

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Return a draft of a text."""
        return cls(Content(text=text))

    @property
    def text(self) -> str:
        """The text of the content."""
        return self.content.text

    @property
    def reply_id(self) -> int | None:
        """Id of the reply that it changes, None for a new one."""
        return None if self.editing is None else self.editing.id

    @property
    def stored(self) -> UnsentContent:
        """The draft as it is stored."""
        return UnsentContent(self.content, self.reply_id)

    @property
    def blank(self) -> bool:
        """True if it holds neither content nor an edit."""
        return self.editing is None and self.content == Content(self.content.kind)

    @property
    def unsaved(self) -> bool:
        """True if it holds content of its own, or a changed edit."""
        if self.editing is not None:
            return self.changed
        return bool(self.text.strip()) if self.content.kind is ReplyKind.TEXT else not self.blank

    @property
    def changed(self) -> bool:
        """True if the content differs from that of the reply it edits."""
        return self.editing is not None and replace(self.editing.content, gaps=self.content.gaps) != self.content
