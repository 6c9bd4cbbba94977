"""State tables: a reply's way to the contact, and the mode that applies to it.

Both are data, so that a reader sees every move on one screen and a test can walk them. The store takes every new
state from `next_state`. A statement that moves many replies has the states before the move in its condition, which
`states_before` gives unless there is one alone. What moved a reply stays in its history, as steps.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.model.account import Account, ModeSource, ReplyMode
from wxdesk.core.model.conversation import Author, Conversation
from wxdesk.core.model.reply import WAITS, Content, Reply, ReplyState
from wxdesk.core.model.rule import Delivery, Rule

S = ReplyState


class Move(StrEnum):
    """Event that changes the state of a reply."""

    HOLD = "hold"  # wait for a deadline (a new one, if it has waited before), or without one for the operator
    KEEP = "keep"  # a held or queued reply waits for its operator now, not for its time
    RELEASE = "release"  # a draft or held reply may leave now
    CLAIM = "claim"  # the outbox takes it; committed before the HTTP call
    ACCEPT = "accept"  # WeChat answered errcode 0
    REFUSE = "refuse"  # WeChat answered with an error that is final
    POSTPONE = "postpone"  # certainly not delivered; try again later
    LOSE = "lose"  # the answer never came: it may have been delivered
    EXPIRE = "expire"  # claimed too late to leave by itself; nothing has left, and it is held for the operator
    CANCEL = "cancel"  # stopped before it was sent
    RECALL = "recall"  # claimed, and stopped before its call began; nothing has left
    RETRY = "retry"  # an operator sends it again
    CONFIRM = "confirm"  # an operator states that it arrived


REPLY_MOVES: dict[tuple[ReplyState, Move], ReplyState] = {
    (S.DRAFT, Move.HOLD): S.HELD,
    (S.DRAFT, Move.RELEASE): S.QUEUED,
    (S.DRAFT, Move.CANCEL): S.CANCELLED,
    (S.HELD, Move.HOLD): S.HELD,
    (S.HELD, Move.KEEP): S.DRAFT,
    (S.HELD, Move.RELEASE): S.QUEUED,
    (S.HELD, Move.CANCEL): S.CANCELLED,
    (S.QUEUED, Move.HOLD): S.HELD,
    (S.QUEUED, Move.KEEP): S.DRAFT,
    (S.QUEUED, Move.CLAIM): S.SENDING,
    (S.QUEUED, Move.REFUSE): S.FAILED,
    (S.QUEUED, Move.CANCEL): S.CANCELLED,
    (S.SENDING, Move.ACCEPT): S.SENT,
    (S.SENDING, Move.REFUSE): S.FAILED,
    (S.SENDING, Move.POSTPONE): S.QUEUED,
    (S.SENDING, Move.HOLD): S.HELD,
    (S.SENDING, Move.LOSE): S.UNKNOWN,
    (S.SENDING, Move.EXPIRE): S.HELD,
    (S.SENDING, Move.RECALL): S.CANCELLED,
    (S.FAILED, Move.RETRY): S.QUEUED,
    (S.FAILED, Move.CANCEL): S.CANCELLED,
    (S.UNKNOWN, Move.RETRY): S.QUEUED,
    (S.UNKNOWN, Move.CONFIRM): S.SENT,
    (S.UNKNOWN, Move.CANCEL): S.CANCELLED,
}

BEFORE_SENDING = WAITS | {S.QUEUED}
"""States in which nothing has left this machine yet."""

NEVER_ARRIVES = frozenset({S.FAILED, S.CANCELLED})
"""States of replies that never arrive unless an operator sends them again."""

BY_WECHAT = "WeChat"
"""`Reply.by` of a reply cancelled because WeChat refused another; else a person's."""

SET_BACK = timedelta(minutes=1)
"""Lead of a wait's beginning over the clock that shows it was set back."""


def is_automatic(reply: Reply) -> bool:
    """False for a reply that an operator wrote, released or sends again."""
    return reply.author is Author.RULE and not reply.by


def leaves_by_itself(reply: Reply) -> bool:
    """True for an automatic reply that leaves unless somebody stops it or takes over."""
    return is_automatic(reply) and (reply.state is S.QUEUED or reply.counts_down)


def can_be_undone(reply: Reply) -> bool:
    """True while a reply that an operator wrote counts down before it leaves."""
    return reply.author is Author.OPERATOR and reply.counts_down


def is_scheduled(reply: Reply) -> bool:
    """True while a reply that an operator wrote waits for the time that they chose."""
    fresh = reply.author is Author.OPERATOR and not reply.attempts
    return fresh and reply.state is S.QUEUED and reply.not_before is not None


def is_passed_over(reply: Reply) -> bool:
    """True for a rule's draft instead of which an operator wrote a reply.

    It asks nobody, but can still be sent; once edited or released, it waits again.
    """
    untouched = is_automatic(reply) and not reply.edited
    return reply.state is S.DRAFT and reply.passed_by is not None and untouched


def is_locked(reply: Reply) -> bool:
    """True for a draft that an operator is editing and has not changed yet."""
    return reply.state is S.DRAFT and bool(reply.by) and not reply.edited


def is_expired(reply: Reply, now: datetime, after: timedelta) -> bool:
    """True if an automatic `reply` is late by more than `after`: not sent by itself."""
    if not is_automatic(reply):
        return False
    times = (reply.created_at, reply.due_at, reply.not_before)
    return now - max(time for time in times if time is not None) > after


def next_state(state: ReplyState, move: Move) -> ReplyState:
    """Return the state after `move`; raises `MoveNotAllowed` if the table has none."""
    try:
        return REPLY_MOVES[(state, move)]
    except KeyError:
        raise MoveNotAllowed(state=state.value, move=move.value) from None


def states_before(move: Move) -> frozenset[ReplyState]:
    """Return the states from which `move` is allowed."""
    return frozenset(state for state, known in REPLY_MOVES if known is move)


def first_state(mode: ReplyMode) -> ReplyState | None:
    """Return the first state of an automatic reply under `mode`; None if none is made."""
    return {ReplyMode.AUTO: S.QUEUED, ReplyMode.HOLD: S.HELD, ReplyMode.DRAFT: S.DRAFT, ReplyMode.OFF: None}[mode]


def mode_of(conversation: Conversation, account: Account) -> ReplyMode:
    """Return the mode that applies: the conversation's own, else its account's.

    None but off applies while the account is paused.
    """
    return ReplyMode.OFF if account.paused else conversation.mode or account.reply_mode


class EffectiveMode(Struct, frozen=True):
    """Mode of a new automatic reply, the source of that mode, and the hold time."""

    mode: ReplyMode
    source: ModeSource
    hold_seconds: int


def effective_mode(rule: Rule, conversation: Conversation, account: Account) -> EffectiveMode:
    """Return the mode for the replies of `rule`.

    The narrowest setting wins: the conversation's, then the rule's, then the account's. Off, at the
    conversation or else at the account, is a guard before all rules.
    """
    if conversation.mode is not None:
        return EffectiveMode(conversation.mode, ModeSource.CONVERSATION, account.hold_seconds)
    if rule.delivery in _MODES:
        return EffectiveMode(_MODES[rule.delivery], ModeSource.RULE, rule.hold_seconds)
    return EffectiveMode(account.reply_mode, ModeSource.ACCOUNT, account.hold_seconds)


_MODES = {Delivery.SEND: ReplyMode.AUTO, Delivery.HOLD: ReplyMode.HOLD, Delivery.DRAFT: ReplyMode.DRAFT}

BORN_BY: Mapping[ModeSource, str] = {
    ModeSource.ACCOUNT: "As it was set for the account.",
    ModeSource.RULE: "As the rule itself said.",
    ModeSource.CONVERSATION: "As it was set for this conversation.",
}
"""Reasons for which an automatic reply was pending when it was made."""

CHANGED_BY: Mapping[ModeSource, str] = {
    ModeSource.ACCOUNT: "The mode was changed for the account while it waited.",
    ModeSource.CONVERSATION: "The mode was changed for this conversation while it waited.",
}
"""Reasons for which a pending reply does not leave by itself any more."""

RULE_SILENT = "Its rule was switched off or removed while it waited."
"""Reason for which a pending reply of a disabled or deleted rule stays."""

TOO_LATE = "It could not leave in time, so it was not sent by itself. See whether it still fits."
AFTER_PAUSE = "Everything was paused when it should have left. It leaves only when you say so."
UNREACHED = "It was tried for ten minutes and did not get through. It leaves only when you say so."
BEHIND_UNREACHED = "A reply before it did not get through. It leaves only when you say so."
AFTER_RESTART = "wxdesk was closed meanwhile. It leaves only when you say so."
AFTER_RESTORE = "It waited when the backup was made, and may have been sent since. It leaves only when you say so."
"""Reasons for which a reply whose time has passed waits for the operator."""


def is_taken_over(conversation: Conversation, now: datetime) -> bool:
    """True while a takeover lasts; one whose time has run out no longer counts."""
    if not conversation.taken_over:
        return False
    return conversation.taken_over_until is None or now < conversation.taken_over_until


class StepKind(StrEnum):
    """Kind of step: a `core.replies.lifecycle.Move` other than claim and arrival.

    Besides, those that change who must decide about a reply, but not its state.
    """

    EDIT = "edit"
    HOLD = "hold"
    KEEP = "keep"
    RELEASE = "release"
    POSTPONE = "postpone"
    REFUSE = "refuse"
    LOSE = "lose"
    EXPIRE = "expire"
    CANCEL = "cancel"
    RECALL = "recall"
    RETRY = "retry"
    CONFIRM = "confirm"
    LOCK = "take"  # a draft locked for editing; of a held or queued reply its operator's KEEP says so
    UNLOCK = "leave"  # a draft again, as it was before it was locked
    INSTEAD = "instead"  # its operator wrote something instead; where it was to leave, the KEEP says so
    ASK = "ask"  # the operator took that back


class ReplyStep(Struct, frozen=True):
    """A step of a reply; `by` is empty for the desk, `reason` is for `i18n.tr`.

    `before` is the content until an EDIT. `until` is the deadline that a HOLD set, None where it asks the
    operator; the one that an operator's KEEP stopped; and when a POSTPONEd reply may be tried again. With an
    `errcode`, WeChat refused, and `reason` is its own wording.
    """

    reply_id: int
    at: datetime
    kind: StepKind
    by: str = ""
    before: Content | None = None
    reason: str = ""
    until: datetime | None = None
    errcode: int | None = None


def step_kind(move: Move) -> StepKind | None:
    """Return the step for `move`; None for a claim or arrival, which need none."""
    return None if move in (Move.CLAIM, Move.ACCEPT) else StepKind(move.value)
