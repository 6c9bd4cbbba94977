"""What the desk needs from the other rooms, as Protocols. `app.py` plugs the real parts in.

All of them are called on the desk thread's loop. A method that changes something returns after its
commit; what it returns is what the database says then.
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
from wxdesk.core.model.status import Aside
from wxdesk.core.replies.on_new_message import NO_CLOCKS, Clocks, Fate, Waiting
from wxdesk.core.rules.matching.facts import NO_HISTORY, History, Wanted
from wxdesk.desk.ports.attention import Calls
from wxdesk.desk.ports.media import PictureRecords
from wxdesk.desk.ports.pending_replies import WaitingReplies
from wxdesk.desk.ports.replies import Replies
from wxdesk.desk.ports.reports import Decisions, Statistics, Traces
from wxdesk.desk.ports.rules import Rules
from wxdesk.desk.ports.status import SettingAside
from wxdesk.desk.ports.takeovers import TimedTakeovers
from wxdesk.desk.ports.templates import Templates
from wxdesk.desk.ports.transfers import Transfers

type Clock = Callable[[], datetime]
"""Tells the time, aware and in UTC."""

type ReadPush = Callable[[bytes], Incoming]
"""Parses a decrypted push body; raises `BadInput` if it cannot be read. Filled by `webhook.parse`."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """A stored message that awaits its decision, with its conversation as it is now.

    `promised` is how many replies of the conversation wait to be sent or are under way. Drafts do not count, nor does
    what is left to a human with an earlier part of its answer.
    `history` is empty until `Conversations.with_history` has told it. `waiting` are the automatic replies that are held
    or drafts, in the order in which they were made.
    """

    message: Message
    conversation: Conversation
    promised: int = 0
    history: History = NO_HISTORY
    waiting: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A stored conversation as its contact's next message would meet it; `promised` and `waiting` as in `Undecided`."""

    conversation: Conversation
    history: History = NO_HISTORY
    promised: int = 0
    waiting: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class ToDerive:
    """A kept push whose message has not been made yet; `incoming` is None if its body cannot be read."""

    push_id: int
    account: str
    received_at: datetime
    incoming: Incoming | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """All that follows from one decision, stored together with it or not at all.

    `called_by`: the rule that wants somebody to look, which is kept as a call (`core.calls`); empty if none does.
    `transferred_until`: the answer hands the contact over to WeChat's own tool · `arm_transfer`: the next one shall.

    `fate` is that of the answers that wait already, `clocks` are for those that are held again. `needs` is how many
    held ones must give way, because only then does WeChat allow enough for the new ones. `aside` is what becomes of the
    conversation at once; what is to happen after a reply stands on the reply.

    `thought_from` is the conversation as it was before any decision of the batch; None if nobody may have spoken since.
    """

    decision: Decision
    replies: tuple[NewReply, ...] = ()
    take_over: bool = False
    tags: tuple[str, ...] = ()
    firings: tuple[Firing, ...] = ()
    called_by: str = ""
    transferred_until: datetime | None = None
    arm_transfer: bool = False
    fate: Fate = Fate.STAY
    clocks: Clocks = NO_CLOCKS
    needs: int = 0
    aside: Aside | None = None
    thought_from: Conversation | None = None


class Pushes(Protocol):
    """Raw pushes: the only thing that must be on disk before WeChat gets its answer."""

    async def keep(self, push: Push) -> int | None:
        """Commit `push`, together with others that arrive now. Its id, or None if its key is known already.

        Raises:
            StoreError: it could not be committed; nothing was kept.
        """
        ...

    async def underived(self, limit: int = 500) -> list[KeptPush]:
        """The oldest kept pushes from which no message has been made yet."""
        ...

    async def page(self, before_id: int | None = None, limit: int = 100) -> list[KeptPush]:
        """Kept pushes, newest first."""
        ...


class Conversations(Protocol):
    """Contacts and the threads with them."""

    async def derive(self, pushes: Sequence[ToDerive]) -> list[Undecided]:
        """Make contact, conversation and message from each push and mark it derived, in one transaction.

        Reply window (`core.quota.opened`), unread, waiting, and preview are updated. A push that opens no
        conversation, or that cannot be read, is only marked. Returns the new messages in the given order, each
        with its conversation as it is after the whole batch.
        """
        ...

    async def undecided(self, limit: int = 500) -> list[Undecided]:
        """Messages without a decision, oldest first (what a crash left over)."""
        ...

    async def still_undecided(self, message_ids: Collection[int]) -> list[Undecided]:
        """Those of these messages that have no decision, oldest first, with their conversations as they are now."""
        ...

    async def with_history(self, undecided: Sequence[Undecided], wanted: Wanted, now: datetime) -> list[Undecided]:
        """The same messages with what rules want to know of the past, as it was when each was written."""
        ...

    async def resolve(self, resolutions: Sequence[Resolution]) -> list[Reply]:
        """Store decisions with their replies, takeovers and tags, in one transaction; the replies made or moved.

        What waits already meets its `fate` in the same transaction, as it is then: what gives way is cancelled by
        "contact". Where a human has one in hand, no new ones are made, and the decision says so (YIELDED); nor are
        they where fewer gave way than they need (NO_QUOTA).

        Raises:
            Outdated: a human has said something else about one of the conversations than it was `thought_from`
                (`core.guards.human_word`). Nothing was stored; whoever says it later waits until all is.

        A reply's `created_at` is the decision's `decided_at`. Each message is marked decided. A message that is decided
        already is left alone, its replies are not made a second time.
        """
        ...

    async def page(self, chosen: InboxFilter, offset: int = 0, limit: int = 100) -> list[InboxRow]:
        """Rows of the list: newest first, or longest waiting first for WAITING and NEEDS_HUMAN.

        Under ALL, those with a call that rises come before all others, the longest waiting first.
        """
        ...

    async def rows(self, ids: Collection[int]) -> list[InboxRow]:
        """The rows of these conversations, in no particular order; unknown ids are left out."""
        ...

    async def get(self, conversation_id: int) -> Conversation:
        """One conversation; raises `NotFound`."""
        ...

    async def timeline(
        self, conversation_id: int, before: datetime | None = None, limit: int = 50
    ) -> list[TimelineItem]:
        """The last messages and replies before `before` (all times if None), oldest first by `at`, then id."""
        ...

    async def counts(self) -> InboxCounts:
        """The figures for the chips; waiting and needs_human as `page` would list them."""
        ...

    async def day_counts(self, since: datetime) -> DayCounts:
        """What happened since `since`, and who waits now."""
        ...

    async def search(self, phrase: str, limit: int = 50) -> list[SearchHit]:
        """Messages and replies that contain `phrase`, newest first; Chinese from one character up."""
        ...

    async def named(self, phrase: str, accounts: Collection[str], limit: int = 20) -> list[Conversation]:
        """Those whose contact's alias contains `phrase`, or whose openid begins or ends with it; the newest first.

        An empty phrase finds all of these accounts.
        """
        ...

    async def as_it_stands(self, conversation_id: int, now: datetime) -> Known:
        """One conversation with all that its next message would meet; raises `NotFound`."""
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
        """A human has the word, until `until` or until handed back; what is written moves it by `silence` seconds.

        `by_writing`: what he writes himself moves it (`TimedTakeovers.written`).
        """
        ...

    async def hand_back(self, conversation_id: int) -> None:
        """The rules have the word again."""
        ...

    async def change_contact(self, contact_id: int, change: ContactChange) -> None:
        """Change a contact as it is now, in one transaction; raises `NotFound`."""
        ...


class Settings(Protocol):
    """Small facts that must survive a restart, such as the pause."""

    async def get(self, key: str) -> str | None:
        """The stored value."""
        ...

    async def set(self, key: str, value: str) -> None:
        """Store a value."""
        ...


class Store(Protocol):
    """The kept things, one attribute a table family."""

    @property
    def pushes(self) -> Pushes:
        """Raw pushes."""
        ...

    @property
    def conversations(self) -> Conversations:
        """Contacts and threads."""
        ...

    @property
    def replies(self) -> Replies:
        """The outbox's table."""
        ...

    @property
    def calls(self) -> Calls:
        """Which conversations call for a human."""
        ...

    @property
    def aside(self) -> SettingAside:
        """Conversations that a human resolves, snoozes or opens again."""
        ...

    @property
    def decisions(self) -> Decisions:
        """Why each message got its answer."""
        ...

    @property
    def rules(self) -> Rules:
        """The operator's rules."""
        ...

    @property
    def templates(self) -> Templates:
        """Stored answers."""
        ...

    @property
    def pictures(self) -> PictureRecords:
        """Kept and awaited pictures."""
        ...

    @property
    def settings(self) -> Settings:
        """Small facts."""
        ...

    @property
    def traces(self) -> Traces:
        """What requests and calls were about."""
        ...

    @property
    def statistics(self) -> Statistics:
        """Figures over a span of time."""
        ...

    @property
    def transfers(self) -> Transfers:
        """Who is handed over to WeChat's own tool."""
        ...

    @property
    def takeovers(self) -> TimedTakeovers:
        """Takeovers that end by themselves."""
        ...

    @property
    def waiting(self) -> WaitingReplies:
        """The outbox's table, many replies at once."""
        ...


def always() -> bool:
    """What nothing keeps back may leave."""
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
        """Send one reply; returning means that WeChat accepted it. `reply_id` goes into the `ApiCalled` it tells.

        `may_leave` is asked right before the call itself begins, when token and pictures are there.

        Raises:
            Recalled: it may not.
            NotSent: it certainly did not leave.
            Refused: WeChat answered with an errcode; the token has been renewed and tried once where that helps.
            DeliveryUnknown: it may have been delivered.
        """
        ...
