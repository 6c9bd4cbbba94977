"""What happened to a reply on its way, one step after the other: who held, changed, released or stopped it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wxdesk.core.model.content import Content
from wxdesk.core.replies.lifecycle import Move


class StepKind(StrEnum):
    """What was done: the words of `core.lifecycle.Move`, without those of the plain way out.

    Beside them stands what changes for whom a reply waits, but not its state.
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
    TAKE = "take"  # a draft in hand, as a held one is by a human's KEEP
    LEAVE = "leave"  # a draft again, as it was before it was taken in hand
    INSTEAD = "instead"  # its operator wrote something instead; where it was to leave, the KEEP says so
    ASK = "ask"  # he took that back


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a reply. `by` is empty where the desk itself did it; `reason` says why, a sentence for `i18n.tr`.

    `before` is what the reply consisted of until an EDIT. `until` is the deadline that a HOLD set, None where it asks
    its human; the one that a human's KEEP stopped; and when a POSTPONEd reply may be tried again. With an `errcode` it
    was WeChat that refused, and `reason` are its own words.
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
    """The step that tells of `move`; None for a claim and an arrival, which the reply's own fields tell."""
    return None if move in _PLAIN_WAY else StepKind(move.value)


_PLAIN_WAY = frozenset({Move.CLAIM, Move.ACCEPT})
