"""The store's main ports: pushes, conversations, settings, the store as a whole.

`app.py` plugs the real parts in. All are called on the desk thread's loop. A method that changes something
returns after its commit; what it returns is what the database holds then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wxdesk.core.conversations.contact_change import ContactChange
from wxdesk.core.conversations.listing import DayCounts, InboxCounts, InboxFilter, InboxRow, SearchHit, TimelineItem
from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.content import Content
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.message import Message
from wxdesk.core.model.push import Incoming, KeptPush, Push
from wxdesk.core.model.reply import NewReply, Reply
from wxdesk.core.model.rule import Decision, Firing
from wxdesk.core.model.status import StatusChange
from wxdesk.core.replies.on_new_message import NO_CLOCKS, HoldTimes, OnNewMessage, PendingReply
from wxdesk.core.rules.conditions.facts import NO_HISTORY, ContactHistory, RequiredHistory
from wxdesk.desk.ports.attention import AttentionList
from wxdesk.desk.ports.media import PictureRecords
from wxdesk.desk.ports.pending_replies import PendingReplies
from wxdesk.desk.ports.replies import Replies
from wxdesk.desk.ports.reports import Decisions, Statistics, Traces
from wxdesk.desk.ports.rules import Rules
from wxdesk.desk.ports.status import StatusStore
from wxdesk.desk.ports.takeovers import TakeoverStore
from wxdesk.desk.ports.templates import Templates
from wxdesk.desk.ports.transfers import TransferStore

type Clock = Callable[[], datetime]
"""Returns the current time, aware and in UTC."""

type ReadPush = Callable[[bytes], Incoming]
"""Parser of a decrypted push body; raises `BadInput`. Filled by `webhook.parse`."""

type BodyOf = Callable[[str, Content], bytes]
"""Builds the bytes that WeChat would get for an openid and a content, for preview."""


@dataclass(frozen=True, slots=True)
class UndecidedMessage:
    """A stored message that awaits its decision, with its conversation as it is now.

    `promised` counts the conversation's replies that are queued, held or being sent; not drafts, and not later
    parts that are left to the operator. `history` is empty until `Conversations.with_history` fills it.
    `waiting` are the automatic replies that are held or drafts, in the order in which they were made.
    """

    message: Message
    conversation: Conversation
    promised: int = 0
    history: ContactHistory = NO_HISTORY
    waiting: tuple[PendingReply, ...] = ()


@dataclass(frozen=True, slots=True)
class ConversationContext:
    """A conversation with history and pending replies, as its next message meets it."""

    conversation: Conversation
    history: ContactHistory = NO_HISTORY
    promised: int = 0
    waiting: tuple[PendingReply, ...] = ()


@dataclass(frozen=True, slots=True)
class UnderivedPush:
    """A stored push without its message yet; `incoming` is None if it is unreadable."""

    push_id: int
    account: str
    received_at: datetime
    incoming: Incoming | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """A decision with everything that follows from it, stored together or not at all.

    `called_by`: the rule that asks for the operator's attention, empty if none · `transferred_until`: the
    answer transfers the contact to WeChat's own tool · `arm_transfer`: the answer to the next message shall do
    so.

    `fate` is that of pending automatic replies, `clocks` holds the times for those that are held again. `needs`
    is how many held ones must give way because of the quota. `aside` resolves or snoozes the conversation at
    once; what is to happen after a reply is stored with the reply.

    `thought_from` is the conversation before any decision of the batch; None skips the check for operator
    actions.
    """

    decision: Decision
    replies: tuple[NewReply, ...] = ()
    take_over: bool = False
    tags: tuple[str, ...] = ()
    firings: tuple[Firing, ...] = ()
    called_by: str = ""
    transferred_until: datetime | None = None
    arm_transfer: bool = False
    fate: OnNewMessage = OnNewMessage.STAY
    clocks: HoldTimes = NO_CLOCKS
    needs: int = 0
    aside: StatusChange | None = None
    thought_from: Conversation | None = None


class Pushes(Protocol):
    """Raw pushes: all that must be on disk before a push is acknowledged."""

    async def keep(self, push: Push) -> int | None:
        """Commit `push`, together with others that arrive now, and return its id.

        None if its key is known already.

        Raises:
            StoreError: it could not be committed; nothing was kept.
        """
        ...

    async def underived(self, limit: int = 500) -> list[KeptPush]:
        """Return the oldest stored pushes from which no message has been made yet."""
        ...

    async def page(self, before_id: int | None = None, limit: int = 100) -> list[KeptPush]:
        """Return stored pushes, newest first."""
        ...


class Conversations(Protocol):
    """Contacts, and the conversations with them."""

    async def derive(self, pushes: Sequence[UnderivedPush]) -> list[UndecidedMessage]:
        """Make contact, conversation and message from each push, in one transaction.

        Reply window (`core.wechat.quota.window_after_event`), unread, waiting and preview are updated. A push that
        opens no conversation, or that cannot be read, is only marked as derived. Returns the new messages in the
        given order, each with its conversation as it is after the whole batch.
        """
        ...

    async def undecided(self, limit: int = 500) -> list[UndecidedMessage]:
        """Return messages without a decision, oldest first (left over from a crash)."""
        ...

    async def still_undecided(self, message_ids: Collection[int]) -> list[UndecidedMessage]:
        """Return those of these messages that have no decision yet, oldest first."""
        ...

    async def with_history(
        self, undecided: Sequence[UndecidedMessage], wanted: RequiredHistory, now: datetime
    ) -> list[UndecidedMessage]:
        """Add the history that rules need, as it was when each message was written."""
        ...

    async def resolve(self, resolutions: Sequence[Resolution]) -> list[Reply]:
        """Store decisions with their effects in one transaction; return changed replies.

        Pending replies meet their `fate` in the same transaction, as they are then: those that give way are
        cancelled by "contact". Where the operator edits one, no new ones are made, and the decision says so
        (YIELDED); nor are they where fewer gave way than needed (NO_QUOTA). A reply's `created_at` is the
        decision's `decided_at`. A message that has a decision already is left alone, and its replies are not made a
        second time.

        Raises:
            Outdated: an operator has changed a conversation since `thought_from`
                (`core.rules.matching.guards.operator_decisions`).
                Nothing was stored; operators' later changes wait until all is.
        """
        ...

    async def page(self, chosen: InboxFilter, offset: int = 0, limit: int = 100) -> list[InboxRow]:
        """Return rows of the inbox, newest first.

        WAITING and NEEDS_HUMAN list the longest waiting first. Under ALL, those with attention that rises come
        before all others, the longest waiting first.
        """
        ...

    async def rows(self, ids: Collection[int]) -> list[InboxRow]:
        """Return the rows of these conversations, unordered; unknown ids are left out."""
        ...

    async def get(self, conversation_id: int) -> Conversation:
        """Return one conversation; raises `NotFound`."""
        ...

    async def timeline(
        self, conversation_id: int, before: datetime | None = None, limit: int = 50
    ) -> list[TimelineItem]:
        """Return messages and replies before `before` (or now), oldest first by `at`, id."""
        ...

    async def counts(self) -> InboxCounts:
        """Count for the filter chips; waiting and needs_human as `page` would list them."""
        ...

    async def day_counts(self, since: datetime) -> DayCounts:
        """Count events since `since`, and the contacts who wait now."""
        ...

    async def search(self, phrase: str, limit: int = 50) -> list[SearchHit]:
        """Find messages and replies by `phrase` (or one Chinese character), newest first."""
        ...

    async def named(self, phrase: str, accounts: Collection[str], limit: int = 20) -> list[Conversation]:
        """Find conversations by their contact's alias or openid, newest first.

        An alias must contain `phrase`, an openid begin or end with it. An empty phrase finds all of these accounts.
        """
        ...

    async def load_for_trial(self, conversation_id: int, now: datetime) -> ConversationContext:
        """Return a conversation as its next message would meet it; raises `NotFound`."""
        ...

    async def mark_read(self, conversation_id: int) -> bool:
        """Set unread to 0; False if it was 0 already."""
        ...

    async def set_mode(self, conversation_id: int, mode: ReplyMode | None) -> None:
        """Set the conversation's own mode; None inherits the account's."""
        ...

    async def take_over(
        self, conversation_id: int, until: datetime | None, silence: int | None = None, *, by_writing: bool = False
    ) -> None:
        """Take over, until `until` or, with None, until handed back.

        Each message postpones the end by `silence` seconds; with `by_writing`, the operator's replies postpone it
        (`TakeoverStore.written`).
        """
        ...

    async def hand_back(self, conversation_id: int) -> None:
        """End a takeover, so that rules answer again."""
        ...

    async def change_contact(self, contact_id: int, change: ContactChange) -> None:
        """Change a contact as it is now, in one transaction; raises `NotFound`."""
        ...


class Settings(Protocol):
    """Small key-value settings that must survive a restart, such as the pause."""

    async def get(self, key: str) -> str | None:
        """Return the stored value."""
        ...

    async def set(self, key: str, value: str) -> None:
        """Store a value."""
        ...


class Store(Protocol):
    """The store: one attribute for each family of tables."""

    @property
    def pushes(self) -> Pushes:
        """Raw pushes."""
        ...

    @property
    def conversations(self) -> Conversations:
        """Contacts and conversations."""
        ...

    @property
    def replies(self) -> Replies:
        """Single replies of the outbox."""
        ...

    @property
    def attention(self) -> AttentionList:
        """Conversations that need the operator's attention."""
        ...

    @property
    def status(self) -> StatusStore:
        """Resolving, snoozing and reopening conversations."""
        ...

    @property
    def decisions(self) -> Decisions:
        """The decision on each message."""
        ...

    @property
    def rules(self) -> Rules:
        """The operator's rules."""
        ...

    @property
    def templates(self) -> Templates:
        """The operator's templates."""
        ...

    @property
    def pictures(self) -> PictureRecords:
        """Kept and awaited pictures."""
        ...

    @property
    def settings(self) -> Settings:
        """Small key-value settings."""
        ...

    @property
    def traces(self) -> Traces:
        """Links from requests and API calls to messages and replies."""
        ...

    @property
    def statistics(self) -> Statistics:
        """Figures over a span of time."""
        ...

    @property
    def transfers(self) -> TransferStore:
        """Contacts transferred to WeChat's own tool."""
        ...

    @property
    def takeovers(self) -> TakeoverStore:
        """Takeovers that end by themselves."""
        ...

    @property
    def pending_replies(self) -> PendingReplies:
        """Pending replies, many at once."""
        ...


def always() -> bool:
    """Allow every reply to leave."""
    return True


class Sender(Protocol):
    """The way out: WeChat's customer-service API."""

    async def send(
        self,
        account: Account,
        openid: str,
        content: Content,
        reply_id: int | None = None,
        may_leave: Callable[[], bool] = always,
    ) -> None:
        """Send one reply; returning means that WeChat accepted it.

        `reply_id` goes into the `ApiCalled` event. `may_leave` is asked right before the call begins, when token
        and pictures are ready.

        Raises:
            Recalled: `may_leave` returned False.
            NotSent: it certainly did not leave.
            Refused: WeChat answered with an errcode; the token has been renewed and tried once where that helps.
            DeliveryUnknown: it may have been delivered.
        """
        ...
