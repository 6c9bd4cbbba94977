"""The two tables of states: a reply's way to the contact, and who speaks in a conversation.

Both are data, so that a reader sees every move on one screen and a test can walk them. Nothing else in
the program decides whether a move is allowed: the store asks `next_state` before it writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.model.account import Account, ModeSource, ReplyMode
from wxdesk.core.model.conversation import Author, Conversation
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.model.rule import Delivery, Rule

S = ReplyState


class Move(StrEnum):
    """What can happen to a reply."""

    HOLD = "hold"  # wait for a deadline (a fresh one, if it has waited before), or without one for a human's word
    KEEP = "keep"  # what was held or queued waits for its human now, not for its time
    RELEASE = "release"  # a draft or held reply may leave now
    CLAIM = "claim"  # the outbox takes it; committed before the HTTP call
    ACCEPT = "accept"  # WeChat answered errcode 0
    REFUSE = "refuse"  # WeChat answered with an error that is final
    POSTPONE = "postpone"  # certainly not delivered; try again later
    LOSE = "lose"  # the answer never came: it may have been delivered
    EXPIRE = "expire"  # claimed too late to be said by itself; nothing has left, and its human decides
    CANCEL = "cancel"  # stopped before it was sent
    RECALL = "recall"  # claimed, and stopped before its call began; nothing has left
    RETRY = "retry"  # an operator sends it again
    CONFIRM = "confirm"  # an operator knows that it arrived


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
    (S.SENDING, Move.LOSE): S.UNKNOWN,
    (S.SENDING, Move.EXPIRE): S.DRAFT,
    (S.SENDING, Move.RECALL): S.CANCELLED,
    (S.FAILED, Move.RETRY): S.QUEUED,
    (S.FAILED, Move.CANCEL): S.CANCELLED,
    (S.UNKNOWN, Move.RETRY): S.QUEUED,
    (S.UNKNOWN, Move.CONFIRM): S.SENT,
    (S.UNKNOWN, Move.CANCEL): S.CANCELLED,
}

BEFORE_SENDING = frozenset({S.DRAFT, S.HELD, S.QUEUED})
"""States in which nothing has left this machine yet."""

NEVER_ARRIVES = frozenset({S.FAILED, S.CANCELLED})
"""States of what the contact has not got, and will not get unless a human sends it again."""

BY_WECHAT = "WeChat"
"""Who cancelled a reply (`Reply.by`) that became hopeless when WeChat refused another; other words are people's."""

EXPIRED_AFTER = timedelta(minutes=5)
"""An automatic reply that could not leave for so long after its time (an account at rest, a program that was closed) is
not said any more without its human: the customer may have moved on. The operator can set another time."""


def is_automatic(reply: Reply) -> bool:
    """False for what an operator wrote, released or sends again: then a human has decided."""
    return reply.author is Author.RULE and not reply.by


def can_be_undone(reply: Reply) -> bool:
    """Whether an operator has just written `reply` and can still take it back: it counts down before it leaves."""
    return reply.author is Author.OPERATOR and reply.state is S.HELD and reply.due_at is not None


def is_passed_over(reply: Reply) -> bool:
    """Whether an operator wrote something himself instead of this draft of a rule, which asks nobody any more.

    It stays a draft, and can still be sent. Once he takes it in hand or releases it, it is his and waits for him.
    """
    untouched = is_automatic(reply) and not reply.edited
    return reply.state is S.DRAFT and reply.passed_by is not None and untouched


def is_expired(reply: Reply, now: datetime, after: timedelta = EXPIRED_AFTER) -> bool:
    """Whether it is too late for an automatic `reply` to be sent by itself: by more than `after`."""
    if not is_automatic(reply):
        return False
    times = (reply.created_at, reply.due_at, reply.not_before)
    return now - max(time for time in times if time is not None) > after


def next_state(state: ReplyState, move: Move) -> ReplyState:
    """The state that `move` leads to; raises `MoveNotAllowed` if the table has no such move."""
    try:
        return REPLY_MOVES[(state, move)]
    except KeyError:
        raise MoveNotAllowed(state.value, move.value) from None


def states_before(move: Move) -> frozenset[ReplyState]:
    """The states from which `move` is allowed."""
    return frozenset(state for state, known in REPLY_MOVES if known is move)


def first_state(mode: ReplyMode) -> ReplyState | None:
    """The state in which an automatic reply is born under `mode`; None when none is made."""
    return {ReplyMode.AUTO: S.QUEUED, ReplyMode.HOLD: S.HELD, ReplyMode.DRAFT: S.DRAFT, ReplyMode.OFF: None}[mode]


def mode_of(conversation: Conversation, account: Account) -> ReplyMode:
    """The mode that applies: the conversation's own, else its account's."""
    return conversation.mode or account.reply_mode


@dataclass(frozen=True, slots=True)
class Delivered:
    """Under which mode something is born, whose word that is, and for how many seconds it is held if it is."""

    mode: ReplyMode
    source: ModeSource
    hold_seconds: int


def delivered(rule: Rule, conversation: Conversation, account: Account) -> Delivered:
    """How what `rule` says is born.

    The narrowest word wins: a human's about this one contact, then the rule's, then the account's. Off, at the
    conversation or else at the account, is a guard that stands before all rules.
    """
    if conversation.mode is not None:
        return Delivered(conversation.mode, ModeSource.CONVERSATION, account.hold_seconds)
    if rule.delivery in _MODES:
        return Delivered(_MODES[rule.delivery], ModeSource.RULE, rule.hold_seconds)
    return Delivered(account.reply_mode, ModeSource.ACCOUNT, account.hold_seconds)


_MODES = {Delivery.SEND: ReplyMode.AUTO, Delivery.HOLD: ReplyMode.HOLD, Delivery.DRAFT: ReplyMode.DRAFT}

BORN_BY: Mapping[ModeSource, str] = {
    ModeSource.ACCOUNT: "As it was set for the account.",
    ModeSource.RULE: "As the rule itself said.",
    ModeSource.CONVERSATION: "As it was set for this conversation.",
}
"""Why an automatic reply waited when it was made."""

CHANGED_BY: Mapping[ModeSource, str] = {
    ModeSource.ACCOUNT: "The mode was changed for the account while it waited.",
    ModeSource.CONVERSATION: "The mode was changed for this conversation while it waited.",
}
"""Why one that waited does not leave by itself any more."""

RULE_SILENT = "Its rule was switched off or removed while it waited."
"""Why one does not leave by itself any more whose rule may not speak."""


def is_taken_over(conversation: Conversation, now: datetime) -> bool:
    """True while a human has the word; a takeover whose time has run out no longer counts."""
    if not conversation.taken_over:
        return False
    return conversation.taken_over_until is None or now < conversation.taken_over_until
