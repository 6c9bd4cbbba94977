"""Port for single replies of the outbox: add, claim, move and edit them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from wxdesk.core.model.content import Content
from wxdesk.core.model.conversation import ReplyWindow
from wxdesk.core.model.reply import NewReply, Reply
from wxdesk.core.replies.history import ReplyStep
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.wechat.quota import ClaimedReply


@dataclass(frozen=True, slots=True)
class ReplyChanges:
    """Further fields to change when a reply moves; None leaves a field as it is.

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
class WrittenReplies:
    """Replies an operator wrote, and the drafts passed over by writing them."""

    written: list[Reply]
    passed: list[Reply]


class Replies(Protocol):
    """The outbox's table: every reply in exactly one state."""

    async def add(self, reply: NewReply, at: datetime) -> Reply:
        """Store a reply that no rule made; unless it is held, update the preview."""
        ...

    async def add_parts(self, parts: Sequence[NewReply], at: datetime) -> list[Reply]:
        """Store the parts (one or more) of one answer by no rule; update the preview."""
        ...

    async def add_passing_over(self, parts: Sequence[NewReply], at: datetime) -> WrittenReplies:
        """Store what an operator writes, and pass over drafts that nobody is editing."""
        ...

    async def promised(self, conversation_id: int, *, only_by_hand: bool) -> int:
        """Count a conversation's promised replies (see `UndecidedMessage`).

        `only_by_hand` leaves out those that `cancel_automatic` would stop.
        """
        ...

    async def get(self, reply_id: int) -> Reply:
        """Return one reply; raises `NotFound`."""
        ...

    async def parts(self, firsts: Collection[int]) -> list[Reply]:
        """Return all parts of the answers with these first parts, in order."""
        ...

    async def claim(
        self,
        now: datetime,
        *,
        busy: Collection[int],
        limit: int,
        only_by_hand: bool,
        without: Collection[str] = (),
    ) -> list[ClaimedReply]:
        """Move queued replies to `sending` and commit; one a conversation, oldest first.

        Left out: conversations in `busy`, conversations with a reply in `sending`, accounts in `without`, replies
        whose `not_before` is later than `now`, parts behind one that needs the operator (`core.replies.parts`),
        and, if `only_by_hand`, those that no operator wrote or released. A reply is never claimed before an older
        queued one of its conversation (paused ones do not block written ones, parts that wait for the operator
        block nothing).
        """
        ...

    async def move(self, reply_id: int, move: Move, at: datetime, changes: ReplyChanges = ReplyChanges()) -> Reply:
        """Make one move of `core.replies.lifecycle`'s table, with further changes.

        CLAIM and a RETRY's way out count an attempt. ACCEPT updates the preview and ends the waiting in the same
        transaction: of all messages by an operator's reply, of the answered message by a rule's, of none by a
        rule's during a takeover.

        Raises:
            NotFound, MoveNotAllowed: nothing was changed.
        """
        ...

    async def settle(self, reply_id: int, move: Move, at: datetime, by: str, *, whole: bool = False) -> list[Reply]:
        """Make the operator's move, and what follows for the other parts of the answer.

        CANCEL cancels the later parts that have not left. RELEASE, RETRY and CONFIRM let later parts go on that
        wait, as though `by` had released them too; a RELEASE of the `whole` answer also those that need a decision
        of their own (`core.replies.parts`). A RELEASE releases also the earlier parts that are held or drafts,
        unless locked for editing. Returns the reply and then the other parts that may have changed; raises like
        `move`.
        """
        ...

    async def lock_for_edit(self, reply_id: int, at: datetime, by: str) -> Reply:
        """Lock a held reply or a draft for editing by `by`, so that nothing replaces it.

        A held one becomes a draft, and its step records which deadline was stopped. One that is locked already gets
        no step. Raises like `move`.
        """
        ...

    async def put_back(self, before: Reply, at: datetime, by: str, *, may_leave: bool) -> Reply:
        """Release an edit lock, so that the reply waits as it did `before`.

        It is held with the rest of its time, but a few seconds at least; without a deadline if the contact has
        written meanwhile. It stays a draft where it was one, if it may not leave by itself any more (`may_leave`),
        or if the reply window has closed; one whose content has been changed stays as it is.

        Raises:
            NotFound, MoveNotAllowed: it is no draft any more.
        """
        ...

    async def edit(self, reply_id: int, content: Content, at: datetime, by: str = "") -> Reply:
        """Edit a draft, held or failed reply, and mark it so; raises `MoveNotAllowed`."""
        ...

    async def steps(self, reply_id: int) -> list[ReplyStep]:
        """Return a reply's history, oldest first; each step is stored with its move."""
        ...

    async def cancel_automatic(
        self, conversation_id: int, by: str, at: datetime, *, but_answer: int | None = None
    ) -> list[Reply]:
        """Cancel a conversation's automatic replies that have not left; return those.

        The answer whose first part is `but_answer` is not touched. Replies that an operator released or sends again
        stay, and so do drafts that an operator edited or kept. What was edited and would have left by itself
        becomes a draft.
        """
        ...

    async def cancel_leaving(self, conversation_id: int, by: str, at: datetime) -> list[Reply]:
        """Cancel like `cancel_automatic`, but only replies that would leave by themselves."""
        ...

    async def draft_leaving(self, conversation_id: int, at: datetime) -> list[Reply]:
        """Make drafts of automatic replies that would leave by themselves."""
        ...

    async def pending(self) -> list[Reply]:
        """Return held replies: those without a deadline, then the soonest, then drafts."""
        ...

    async def recover(self, at: datetime) -> list[Reply]:
        """Change every `sending` reply to `unknown` after a crash."""
        ...
