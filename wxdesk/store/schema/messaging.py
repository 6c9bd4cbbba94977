"""Tables of messages and replies, and of all that is known about them."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    and_,
    false,
    func,
    literal_column,
    not_,
    text,
    true,
)

from wxdesk.core.conversations.attention import RINGING, UNTIL_SETTLED, AttentionReason
from wxdesk.core.conversations.takeover import TakeoverByWriting
from wxdesk.core.model.account import ModeSource, ReplyMode
from wxdesk.core.model.conversation import Author, StatusChange
from wxdesk.core.model.decision import Outcome, RuleVerdict
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.operator import acting_name
from wxdesk.core.model.picture import PictureFormat, PictureState
from wxdesk.core.model.push import BodyFormat
from wxdesk.core.model.reply import Content, ReplyState, UnsentContent
from wxdesk.core.replies.lifecycle import StepKind
from wxdesk.store.schema.columns import CleanText, DerivedEnumText, EnumText, JsonText, Moment, Said, identity, metadata


def _partial_index(name: str, which: ColumnElement[bool] | TextClause, *columns: Column[Any]) -> None:
    Index(name, *columns, sqlite_where=which, info={"where": which})  # see `create_schema`


def _word_index(name: str, table: Table) -> None:
    words = text("to_tsvector('simple'::regconfig, words)")
    Index(name, words, _table=table, info={"using": "gin"}).ddl_if(dialect="postgresql")


raw_pushes = Table(
    "raw_pushes",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("account", Text, nullable=False),
    Column("key", CleanText, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("format", DerivedEnumText(BodyFormat)),
    Column("received_at", Moment, nullable=False),
    Column("derived", Boolean, nullable=False),
    Column("note", CleanText, nullable=False),
    UniqueConstraint("account", "key"),
)
UNDERIVED = raw_pushes.c.derived.is_(false())
_partial_index("ix_raw_pushes_underived", UNDERIVED, raw_pushes.c.id)
UNREADABLE = raw_pushes.c.note != literal_column("''")
_partial_index("ix_raw_pushes_unreadable", UNREADABLE, raw_pushes.c.id)

contacts = Table(
    "contacts",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("account", Text, nullable=False),
    Column("openid", CleanText, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("alias", CleanText, nullable=False),
    Column("note", CleanText, nullable=False),
    Column("tags", JsonText(tuple[str, ...]), nullable=False),
    Column("blocked", Boolean, nullable=False),
    # By which it is found, see `store.search`.
    Column("words", Text, nullable=False, server_default=""),
    UniqueConstraint("account", "openid"),
)
_word_index("ix_contacts_words", contacts)

conversations = Table(
    "conversations",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("account", Text, nullable=False),
    Column("contact_id", identity(), ForeignKey("contacts.id"), nullable=False),
    Column("mode", EnumText(ReplyMode)),
    Column("taken_over", Boolean, nullable=False),
    Column("taken_over_until", Moment),
    Column("unread", Integer, nullable=False),
    Column("preview", CleanText, nullable=False),
    Column("preview_kind", Text, nullable=False),
    Column("preview_author", EnumText(Author), nullable=False),
    Column("last_at", Moment),
    Column("waiting_since", Moment),
    Column("window_left", Integer, nullable=False),
    Column("window_until", Moment),
    Column("transfer_armed", Boolean, nullable=False, server_default=false()),
    Column("transferred_until", Moment),
    Column("session_from", CleanText, nullable=False, server_default=""),
    Column("takeover_silence", Integer),
    Column("called_at", Moment),
    Column("called_by", CleanText, nullable=False, server_default=""),
    Column("resolved_at", Moment),
    Column("snoozed_until", Moment),
    Column("aside_by", CleanText, nullable=False, server_default=""),
    Column("back_at", Moment),
    # A human has resolved what the contact wrote until then, whether it was answered or not.
    Column("settled_at", Moment),
    # An operator began the takeover by writing: each further reply puts its end off.
    Column("takeover_by_writing", Boolean, nullable=False, server_default=false()),
    # The rule that handed over, empty where an operator took over.
    Column("taken_over_by", CleanText, nullable=False, server_default=""),
    # The operator who has it among the colleagues of a team, since when, and until when if they are away.
    Column("claimed_by", CleanText, nullable=False, server_default=""),
    Column("claimed_at", Moment),
    Column("claim_until", Moment),
    Column("pinned", Boolean, nullable=False, server_default=false()),
    Column("window_refused", Integer, nullable=False, server_default=text("0")),
    UniqueConstraint("contact_id"),
    sqlite_autoincrement=True,  # a window may still speak of one that was deleted: nobody else may get its id
)
# The literal 0 stands in the SQL itself: a bound one would keep SQLite from using the partial index.
UNREAD = conversations.c.unread > literal_column("0")
PINNED = conversations.c.pinned.is_(true())
WAITING = conversations.c.waiting_since.is_not(None)
ARMED = conversations.c.transfer_armed.is_(true())
CALLED = conversations.c.called_at.is_not(None)
NOT_CALLED = {"called_at": None, "called_by": ""}
NO_TAKEOVER = {
    "taken_over": False,
    "taken_over_until": None,
    "takeover_silence": None,
    "takeover_by_writing": False,
    "taken_over_by": "",
}
CLAIMED = conversations.c.claimed_by != literal_column("''")
NOBODYS = {"claimed_by": "", "claimed_at": None, "claim_until": None}
OPEN = and_(conversations.c.resolved_at.is_(None), conversations.c.snoozed_until.is_(None))
IN_TOOL = conversations.c.transferred_until.is_not(None)
AWAITS = and_(WAITING, OPEN, not_(IN_TOOL))
SNOOZED = conversations.c.snoozed_until.is_not(None)
BACK = conversations.c.back_at.is_not(None)
Index(None, conversations.c.last_at, conversations.c.id)
_partial_index("ix_conversations_unread", UNREAD, conversations.c.last_at)
_partial_index("ix_conversations_pinned", PINNED, conversations.c.id)
_partial_index("ix_conversations_waiting", WAITING, conversations.c.waiting_since)
_partial_index("ix_conversations_armed", ARMED, conversations.c.id)
_partial_index("ix_conversations_called", CALLED, conversations.c.called_at)
_partial_index("ix_conversations_open", OPEN, conversations.c.last_at, conversations.c.id)
_partial_index("ix_conversations_snoozed", SNOOZED, conversations.c.snoozed_until)
_partial_index("ix_conversations_back", BACK, conversations.c.back_at)
_partial_index("ix_conversations_transferred", IN_TOOL, conversations.c.transferred_until)
_partial_index("ix_conversations_claimed", CLAIMED, conversations.c.claimed_by, conversations.c.last_at)
_partial_index("ix_conversations_closing", WAITING, conversations.c.window_until)

calls = Table(
    "calls",
    metadata,
    Column("conversation_id", identity(), ForeignKey("conversations.id"), primary_key=True, autoincrement=False),
    Column("cause", EnumText(AttentionReason), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("seen", Boolean, nullable=False),
)
UNSEEN = calls.c.seen.is_(false())
RISES = calls.c.cause.in_(UNTIL_SETTLED) | (UNSEEN & calls.c.cause.in_(RINGING))
Index(None, calls.c.cause, calls.c.conversation_id)

messages = Table(
    "messages",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("conversation_id", identity(), ForeignKey("conversations.id"), nullable=False),
    Column("push_id", identity(), ForeignKey("raw_pushes.id"), nullable=False),
    Column("type", EnumText(MessageType), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("at", Moment, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("msg_type", CleanText, nullable=False),
    Column("msg_id", CleanText),
    Column("event", CleanText),
    Column("session_from", CleanText),
    Column("media_id", CleanText),
    Column("pic_url", CleanText),
    Column("fields", JsonText(dict[str, str]), nullable=False),
    Column("decided", Boolean, nullable=False),
    Column("picture", Text, nullable=False, server_default=""),
    Column("picture_state", EnumText(PictureState)),
    Column("picture_problem", CleanText, nullable=False, server_default=""),
    UniqueConstraint("push_id"),
)
UNDECIDED = messages.c.decided.is_(false())
WRITTEN = messages.c.event.is_(None)
AWAITED = messages.c.picture_state == literal_column("'awaited'")
Index("ix_messages_timeline", messages.c.conversation_id, messages.c.at, messages.c.id)
_partial_index("ix_messages_undecided", UNDECIDED, messages.c.id)
_partial_index("ix_messages_awaited", AWAITED, messages.c.id)
_partial_index("ix_messages_written", WRITTEN, messages.c.at)

decisions = Table(
    "decisions",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("message_id", identity(), ForeignKey("messages.id"), nullable=False),
    Column("conversation_id", identity(), ForeignKey("conversations.id"), nullable=False),
    Column("outcome", EnumText(Outcome), nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("rule_id", identity()),
    Column("rule_name", CleanText, nullable=False),
    Column("rule_revision", Integer, nullable=False),
    Column("verdicts", JsonText(tuple[RuleVerdict, ...]), nullable=False),
    Column("rules_left", Integer, nullable=False),
    Column("problem", Said, nullable=False),
    UniqueConstraint("message_id"),
)
# The words stand in the SQL itself, as with UNREAD; they are those of `core.model.decision`.
UNFINISHED = text("outcome IN ('incomplete', 'not_rendered')")
Index(None, decisions.c.conversation_id, decisions.c.id)
_partial_index("ix_decisions_unfinished", UNFINISHED, decisions.c.conversation_id, decisions.c.decided_at)
UNANSWERED = text("outcome IN ('incomplete', 'not_rendered', 'unmatched', 'left_open')")
Index(None, decisions.c.rule_id, decisions.c.decided_at)
_partial_index("ix_decisions_unanswered", UNANSWERED, decisions.c.decided_at)

# Every rule that matched a message, the ones that said continue and those in the shadow as well.
rule_firings = Table(
    "rule_firings",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("rule_id", identity(), nullable=False),
    Column("message_id", identity(), ForeignKey("messages.id"), nullable=False),
    Column("conversation_id", identity(), ForeignKey("conversations.id"), nullable=False),
    Column("account", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("shadow", Boolean, nullable=False),
)
SPOKEN = rule_firings.c.shadow.is_(false())
_partial_index(
    "ix_rule_firings_spoken", SPOKEN, rule_firings.c.conversation_id, rule_firings.c.rule_id, rule_firings.c.at
)
Index(None, rule_firings.c.at, rule_firings.c.rule_id)
Index(None, rule_firings.c.rule_id, rule_firings.c.at)

replies = Table(
    "replies",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("conversation_id", identity(), ForeignKey("conversations.id"), nullable=False),
    Column("author", EnumText(Author), nullable=False),
    Column("content", JsonText(Content), nullable=False),
    Column("state", EnumText(ReplyState), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("message_id", identity(), ForeignKey("messages.id")),
    Column("decision_id", identity(), ForeignKey("decisions.id")),
    Column("rule_id", identity()),
    Column("rule_name", CleanText, nullable=False),
    Column("rule_revision", Integer, nullable=False),
    Column("due_at", Moment),
    Column("not_before", Moment),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", Moment),
    Column("edited", Boolean, nullable=False),
    Column("by", CleanText, nullable=False),
    Column("errcode", Integer),
    Column("error", CleanText, nullable=False),
    Column("rid", CleanText, nullable=False),
    # Until it has arrived: its rule hands over with it. Then: it was no answer, but the promise that a human will come.
    Column("promise", Boolean, nullable=False, server_default=false()),
    # The first part's id, in the later parts of one answer.
    Column("part_of", identity()),
    # Under which mode it was born, or made a draft since, and whose word that was.
    Column("mode", EnumText(ReplyMode)),
    Column("mode_from", EnumText(ModeSource)),
    Column("aside", JsonText(StatusChange)),
    # The first message of what an operator wrote instead of a draft.
    Column("passed_by", identity()),
    Column("heard_id", identity()),
    # In the first message of what an operator wrote: the takeover that writing it began or put off, until it is undone.
    Column("takeover", JsonText(TakeoverByWriting)),
    Column("placed_at", Moment),
    # Who wrote it, by name, where operators sign in.
    Column("operator", CleanText, nullable=False, server_default="", default=acting_name),
    sqlite_autoincrement=True,
)
IS_PART = replies.c.part_of.is_not(None)
OF_A_HUMAN = replies.c.author == literal_column("'operator'")
Index(None, replies.c.state, replies.c.id)
Index(None, replies.c.conversation_id, replies.c.state, replies.c.id)
Index("ix_replies_made", replies.c.conversation_id, replies.c.created_at, replies.c.id)
PLACE = func.coalesce(replies.c.placed_at, replies.c.created_at)
Index("ix_replies_timeline", replies.c.conversation_id, PLACE, replies.c.id)
Index(None, replies.c.sent_at, replies.c.author)
Index(None, replies.c.conversation_id, replies.c.sent_at, replies.c.id)
_partial_index("ix_replies_of_a_human", OF_A_HUMAN, replies.c.conversation_id, replies.c.sent_at)
_partial_index("ix_replies_part_of", IS_PART, replies.c.part_of)
IS_PASSED = replies.c.passed_by.is_not(None)
_partial_index("ix_replies_passed_by", IS_PASSED, replies.c.passed_by)
# What an operator changed, stopped before it was tried, or wrote instead, of what a rule had prepared; see
# `core.model.statistics.RuleFigures`.
CORRECTED = text(
    "author = 'rule' AND (edited IS true"
    " OR (state = 'cancelled' AND \"by\" NOT IN ('', 'WeChat', 'contact') AND error = '')"
    " OR (passed_by IS NOT NULL AND state IN ('draft', 'cancelled')))"
)
_partial_index("ix_replies_corrected", CORRECTED, replies.c.created_at, replies.c.rule_id)
# One that the operator gave up is cancelled, but its errcode stays.
UNDELIVERED = text("state IN ('failed', 'unknown') OR state = 'cancelled' AND errcode <> 0")
_partial_index("ix_replies_undelivered", UNDELIVERED, replies.c.created_at)

reply_steps = Table(
    "reply_steps",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("reply_id", identity(), ForeignKey("replies.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", EnumText(StepKind), nullable=False),
    Column("by", CleanText, nullable=False),
    Column("before", JsonText(Content)),
    Column("reason", CleanText, nullable=False),
    Column("until", Moment),
    Column("errcode", Integer),
    sqlite_autoincrement=True,
)
Index(None, reply_steps.c.reply_id, reply_steps.c.id)

# What operators have begun to write. Without a sign-in the operator is empty.
operator_drafts = Table(
    "operator_drafts",
    metadata,
    Column("conversation_id", identity(), ForeignKey("conversations.id"), primary_key=True, autoincrement=False),
    Column("operator", CleanText, primary_key=True),
    Column("drafts", JsonText(tuple[UnsentContent, ...]), nullable=False),
)

pictures = Table(
    "pictures",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("format", EnumText(PictureFormat), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("added_at", Moment, nullable=False),
)

# The bytes of pictures where several machines share the database; on SQLite they are files, and this is empty.
picture_chunks = Table(
    "picture_chunks",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("bytes", LargeBinary, nullable=False),
    info={"moves": False},  # by `wxdesk move`, which takes each picture as a whole
)

uploads = Table(
    "uploads",
    metadata,
    Column("account", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("media_id", CleanText, nullable=False),
    Column("uploaded_at", Moment, nullable=False),
)

search_texts = Table(
    "search_texts",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("message_id", identity(), ForeignKey("messages.id")),
    Column("reply_id", identity(), ForeignKey("replies.id")),
    Column("words", Text, nullable=False),
    UniqueConstraint("message_id"),
    UniqueConstraint("reply_id"),
)
_word_index("ix_search_texts_words", search_texts)
