"""What supervision asks of the store about many replies at once: the rest of `desk.ports`, which is long enough.

Each method moves, in one transaction, all replies that it is about and that may make the move, and returns them as
they are then. What a human does so to a part of an answer (`core.parts`) has for the later ones the same consequence
as `reply_ports.Replies.settle`; then those stand in what is returned too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import Reply


@dataclass(frozen=True, slots=True)
class Terms:
    """How to tend what waits: everything or `only_by_hand`; whether a reply window's end `hands_over` or sends.

    `held_until` is until when nothing automatic may leave these conversations at the earliest. What should have left
    before `stale_before` does not leave by itself any more: an automatic reply is a draft that says `late`, and what an
    operator wrote asks, saying `why`.
    """

    only_by_hand: bool = False
    hands_over: bool = False
    held_until: Mapping[int, datetime] = field(default_factory=dict)
    stale_before: datetime | None = None
    late: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class NewMode:
    """A mode that applies from now on, and what it means for what waits.

    With HOLD, for how many seconds what has never been held is held then. What was due before `stale_before` is not
    said by itself any more: it is a draft that says `late`.
    """

    mode: ReplyMode
    hold_seconds: int
    stale_before: datetime
    late: str = ""


@dataclass(frozen=True, slots=True)
class Tended:
    """The replies that were moved; those `handed_over` at the last moment of a reply window need their human now."""

    moved: list[Reply] = field(default_factory=list)
    handed_over: list[Reply] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Undone:
    """What an operator took back, in its messages, and the drafts that he had passed over by it."""

    replies: list[Reply]
    passed: list[Reply]


class WaitingReplies(Protocol):
    """Replies that have not left: drafts, held and queued ones. "Automatic" is what a rule made, edited or not."""

    async def release_held(self, by: str, at: datetime, only: Collection[int] | None = None) -> list[Reply]:
        """Let everything leave now that is held back, or `only` those with these ids, because `by` says so.

        What waits of their answers before those leaves with them.
        What can be undone leaves by itself.
        """
        ...

    async def cancel_held(self, by: str, at: datetime, only: Collection[int] | None = None) -> list[Reply]:
        """Cancel everything that is held back, or `only` those with these ids, with the later parts of its answers.

        Other drafts stay, and what its operator has just written.
        """
        ...

    async def tend(self, now: datetime, terms: Terms) -> Tended:
        """Do to what waits what is due at `now`, in this order.

        What cannot be sent any more, because its contact's reply window has closed, is a draft that says so; nothing
        automatic is held for a blocked contact; where the operator writes, deadlines move behind him; at the last
        moment of a reply window what is held becomes a draft, if the terms say so; what is due is queued, if it is not
        stale. Without a
        deadline, nothing ever leaves by itself.
        """
        ...

    async def withhold(self, conversation_id: int, new: NewMode, by: str, at: datetime) -> list[Reply]:
        """Let nothing automatic leave a conversation otherwise than by its `new` mode.

        With DRAFT, held and queued replies become drafts; with OFF they are cancelled, by that name, but for those that
        a human has edited. With HOLD, queued ones are held, and their parts keep their distance, but for those that
        have been held before, and parts that wait for their human anyhow (`core.parts`); what is late is a draft. With
        AUTO, nothing is done. DRAFT and HOLD of the account leave those alone that wait by their rule's own word.
        """
        ...

    async def withhold_account(self, account: str, new: NewMode, by: str, at: datetime) -> list[Reply]:
        """As `withhold`, in all conversations of an account that have no mode of their own."""
        ...

    async def withhold_unruled(self, at: datetime) -> list[Reply]:
        """Make drafts of automatic replies, held or queued, whose rule is switched off or not there any more."""
        ...

    async def ask_after_restart(self, at: datetime, stale_before: datetime, why: str, late: str) -> list[Reply]:
        """Hold without a deadline what was held, by whomever; automatic replies of before `stale_before` are drafts.

        So is held what a human wrote or released, and what has waited in the queue since before that.

        `why` is said in the bubbles of those that ask, `late` in those of the drafts.
        """
        ...

    async def undo(self, reply_id: int, by: str, at: datetime) -> Undone:
        """Cancel, by the name `by`, what an operator wrote while it counts down: every message of it.

        What he had passed over by that asks again, unless he has written something else since.

        Raises:
            NotFound, MoveNotAllowed: it is too late; nothing was changed.
        """
        ...

    async def hurry(self, at: datetime) -> list[Reply]:
        """Let leave at once what operators wrote and could still take back."""
        ...

    async def hold_back(self, ids: Collection[int], at: datetime, why: str) -> list[Reply]:
        """Hold those of these replies without a deadline that are still queued; `why` is said in their bubbles."""
        ...

    async def next_wake(self, now: datetime, *, only_by_hand: bool = False) -> datetime | None:
        """When the next held reply is due, the next postponed one may be tried, or a reply window closes on one."""
        ...

    async def ask_after_pause(self, at: datetime, why: str) -> list[Reply]:
        """Hold without a deadline what a pause has kept from leaving: what is queued, or held with its time over.

        Parts that wait for their human anyhow (`core.parts`) go on doing so.
        `why`, a sentence for `i18n.tr`, is said in its bubble.
        """
        ...
