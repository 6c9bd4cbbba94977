"""Port for pending replies, many at once: timers, modes, pauses, restart and undo.

Each method moves all replies concerned that may make the move, in one transaction, and returns them as they
are then. An operator's move on a part of an answer affects the later parts as
`desk.ports.replies.Replies.settle` does; those are returned too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import Reply


@dataclass(frozen=True, slots=True)
class TimerTerms:
    """Conditions under which timers release pending replies.

    `only_by_hand`: automatic replies wait · `hands_over`: at the end of a reply window held replies become
    drafts instead of being sent · `held_until`: by conversation, when automatic replies may leave at the
    earliest · `stale_before`: what was due before does not leave by itself any more; an automatic reply becomes
    a draft with the reason `late`, an operator's is held without a deadline, with the reason `why`.
    """

    only_by_hand: bool = False
    hands_over: bool = False
    held_until: Mapping[int, datetime] = field(default_factory=dict)
    stale_before: datetime | None = None
    late: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class NewMode:
    """A mode that applies from now on, and its consequence for pending replies.

    With HOLD, replies that have never been held are held for `hold_seconds`. Replies that were due before
    `stale_before` become drafts with the reason `late`.
    """

    mode: ReplyMode
    hold_seconds: int
    stale_before: datetime
    late: str = ""


@dataclass(frozen=True, slots=True)
class TimerMoves:
    """Replies that timers moved; those `handed_over` to the operator need attention."""

    moved: list[Reply] = field(default_factory=list)
    handed_over: list[Reply] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class UndoneReplies:
    """Replies that an operator took back, and the drafts passed over by writing them."""

    replies: list[Reply]
    passed: list[Reply]


class PendingReplies(Protocol):
    """Drafts, held and queued replies; "automatic" ones are by a rule, edited or not."""

    async def release_held(self, by: str, at: datetime, only: Collection[int] | None = None) -> list[Reply]:
        """Release all held replies, or `only` those with these ids, in the name of `by`.

        Earlier parts of their answers that wait leave with them. Replies that can still be undone leave by
        themselves.
        """
        ...

    async def cancel_held(self, by: str, at: datetime, only: Collection[int] | None = None) -> list[Reply]:
        """Cancel all held replies, or `only` these, with the later parts of their answers.

        Other drafts stay, and so do replies that can still be undone.
        """
        ...

    async def run_timers(self, now: datetime, terms: TimerTerms) -> TimerMoves:
        """Apply everything that is due at `now`, in this order.

        Replies whose reply window has closed become drafts that say so; automatic replies to blocked contacts are
        cancelled; where the operator is typing, deadlines are postponed; at the last moment of a reply window held
        replies become drafts, if the terms say so; due replies are queued, unless stale. Without a deadline nothing
        leaves by itself.
        """
        ...

    async def withhold(self, conversation_id: int, new: NewMode, by: str, at: datetime) -> list[Reply]:
        """Apply a conversation's `new` mode to its pending automatic replies.

        With DRAFT, held and queued replies become drafts; with OFF they are cancelled, but for those that an
        operator has edited. With HOLD, queued ones are held, their parts at their distance, but for those that have
        been held before, and parts that wait for the operator anyhow (`core.replies.parts`); stale ones become
        drafts. AUTO changes nothing. DRAFT and HOLD of the account leave replies alone whose rule has its own mode.
        """
        ...

    async def withhold_account(self, account: str, new: NewMode, by: str, at: datetime) -> list[Reply]:
        """Apply an account's mode like `withhold`, in conversations without their own."""
        ...

    async def withhold_without_rule(self, at: datetime) -> list[Reply]:
        """Make drafts of automatic replies whose rule is switched off or deleted."""
        ...

    async def hold_after_restart(self, at: datetime, stale_before: datetime, why: str, late: str) -> list[Reply]:
        """Hold all held replies without a deadline after a restart.

        So are operators' written or released replies held that were queued before `stale_before`; automatic ones
        from before then become drafts. The reason shown is `why` for held ones, `late` for drafts.
        """
        ...

    async def undo(self, reply_id: int, by: str, at: datetime) -> UndoneReplies:
        """Take back an operator's reply during its undo time, with all of its messages.

        They are cancelled by the name `by`. Drafts that it passed over are restored, unless the operator has
        written something else since.

        Raises:
            NotFound, MoveNotAllowed: it is too late; nothing was changed.
        """
        ...

    async def release_undoable(self, at: datetime) -> list[Reply]:
        """Queue at once the operators' replies that could still be undone."""
        ...

    async def hold_back(self, ids: Collection[int], at: datetime, why: str) -> list[Reply]:
        """Hold queued ones of these replies without a deadline, with the reason `why`."""
        ...

    async def next_wake(self, now: datetime, *, only_by_hand: bool = False) -> datetime | None:
        """Return the next time at which a pending reply needs a timer.

        That is a held reply's deadline, a postponed one's next attempt, or the end of a reply window.
        """
        ...

    async def hold_after_pause(self, at: datetime, why: str) -> list[Reply]:
        """Hold without a deadline the replies that a pause kept from leaving.

        Those are queued, or held past their deadline. Parts that wait for the operator anyhow
        (`core.replies.parts`) go on doing so. `why`, a sentence for `i18n.tr`, is the reason shown.
        """
        ...
