"""What the desk needs of the outbox's table, one reply at a time: a part of `desk.ports`, where the rest stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from wxdesk.core.model.content import Content
from wxdesk.core.model.conversation import ReplyWindow
from wxdesk.core.model.reply import NewReply, Reply
from wxdesk.core.replies.history import Step
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.wechat.quota import Claimed


@dataclass(frozen=True, slots=True)
class ReplyChanges:
    """What else changes when a reply moves; None leaves a field as it is.

    `window` gets the contact's reply window and returns the one to store, in the same transaction.
    """

    by: str | None = None
    due_at: datetime | None = None
    not_before: datetime | None = None
    errcode: int | None = None
    error: str | None = None
    rid: str | None = None
    window: Callable[[ReplyWindow], ReplyWindow] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Instead:
    """What an operator wrote, in its messages, and the drafts that he passed over by that."""

    written: list[Reply]
    passed: list[Reply]


class Replies(Protocol):
    """The outbox's table: every reply in exactly one state."""

    async def add(self, reply: NewReply, at: datetime) -> Reply:
        """Store a reply that no rule made, and update the conversation's preview if the reply is not held."""
        ...

    async def add_parts(self, parts: Sequence[NewReply], at: datetime) -> list[Reply]:
        """Store the parts of one answer that no rule made, in one transaction, and update the preview; at least one."""
        ...

    async def add_instead(self, parts: Sequence[NewReply], at: datetime) -> Instead:
        """The same of what an operator writes, who passes over all drafts there that he does not have in hand."""
        ...

    async def promised(self, conversation_id: int, *, only_by_hand: bool) -> int:
        """How many replies of a conversation wait to be sent or are under way, as `desk.ports.Undecided` counts them.

        `only_by_hand` leaves out what `cancel_automatic` would stop.
        """
        ...

    async def get(self, reply_id: int) -> Reply:
        """One reply; raises `NotFound`."""
        ...

    async def parts(self, firsts: Collection[int]) -> list[Reply]:
        """All parts of the answers whose first parts have these ids, in their order."""
        ...

    async def claim(
        self,
        now: datetime,
        *,
        busy: Collection[int],
        limit: int,
        only_by_hand: bool,
        without: Collection[str] = (),
    ) -> list[Claimed]:
        """Move queued replies to `sending` and commit; at most one a conversation, the oldest first.

        Left out: conversations in `busy`, conversations with a reply in `sending`, accounts in `without`,
        replies whose `not_before` is later than `now`, parts behind one that needs its human (`core.parts`), and, if
        `only_by_hand`, those that no human wrote or released. A reply is never claimed before an older queued one of
        its conversation (paused ones do not block written ones, parts that wait for a human block nothing).
        """
        ...

    async def move(self, reply_id: int, move: Move, at: datetime, changes: ReplyChanges = ReplyChanges()) -> Reply:
        """Make one move of `core.lifecycle`'s table, with what changes beside it.

        CLAIM and a RETRY's way out count an attempt. ACCEPT updates the preview and ends the waiting in the
        same transaction: of all by an operator's reply, of the answered message by a rule's, of none by a rule's
        where a human has taken over.

        Raises:
            NotFound, MoveNotAllowed: nothing was changed.
        """
        ...

    async def settle(self, reply_id: int, move: Move, at: datetime, by: str, *, whole: bool = False) -> list[Reply]:
        """Make the move that the human `by` wants, and what follows for the later parts of the answer.

        CANCEL cancels those that have not left. RELEASE, RETRY and CONFIRM let those go on that wait, as though he had
        released them too; a RELEASE of the `whole` answer also those that need a word of their own (`core.parts`).
        A RELEASE releases also the earlier parts that are held or drafts, but for one that is in hand to be changed.
        Returns the reply and then the other parts that may have changed; raises like `move`.
        """
        ...

    async def take_in_hand(self, reply_id: int, at: datetime, by: str) -> Reply:
        """Let nothing take the place of a held reply or a draft, because `by` is about to change it.

        A held one is a draft from then on, and its step tells which deadline was stopped. What is in a human's hand
        already gets no step. Raises like `move`.
        """
        ...

    async def put_back(self, before: Reply, at: datetime, by: str, *, may_leave: bool) -> Reply:
        """Let a reply that was taken in hand wait again as it was `before` that.

        Held with what was left of its time, and a few seconds at least; if the contact has written meanwhile, it asks.
        It stays a draft where it was one, if it may not leave by itself any more (`may_leave`), or if the reply window
        has closed; one whose content has been changed stays as it is.

        Raises:
            NotFound, MoveNotAllowed: it is no draft any more.
        """
        ...

    async def edit(self, reply_id: int, content: Content, at: datetime, by: str = "") -> Reply:
        """Change what a draft, held or failed reply says and mark it edited; else `MoveNotAllowed`."""
        ...

    async def steps(self, reply_id: int) -> list[Step]:
        """What happened to a reply on its way, oldest first; each was stored together with what it tells of."""
        ...

    async def cancel_automatic(
        self, conversation_id: int, by: str, at: datetime, *, but_answer: int | None = None
    ) -> list[Reply]:
        """Cancel everything automatic of one conversation that has not left; those that were moved.

        The answer whose first part is `but_answer` is not touched.
        What a human has released or sends again stays as it is, and so does a draft that he has edited or kept from
        leaving. What he has edited and what would have left by itself is a draft then.
        """
        ...

    async def cancel_leaving(self, conversation_id: int, by: str, at: datetime) -> list[Reply]:
        """The same, but for drafts and what is held and asks: neither would leave by itself."""
        ...

    async def keep_leaving(self, conversation_id: int, at: datetime) -> list[Reply]:
        """Make drafts of everything automatic of one conversation that would leave by itself; those that were moved."""
        ...

    async def pending(self) -> list[Reply]:
        """Held replies, those that ask first (they have no deadline) and then the soonest; drafts after them."""
        ...

    async def recover(self, at: datetime) -> list[Reply]:
        """After a crash: every `sending` becomes `unknown`."""
        ...
