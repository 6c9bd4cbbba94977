"""Steps in the history of a reply: held, edited, released, cancelled, and others."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wxdesk.core.model.content import Content
from wxdesk.core.replies.lifecycle import Move


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
    TAKE = "take"  # a draft in hand, as a held one is by a human's KEEP
    LEAVE = "leave"  # a draft again, as it was before it was taken in hand
    INSTEAD = "instead"  # its operator wrote something instead; where it was to leave, the KEEP says so
    ASK = "ask"  # the operator took that back


@dataclass(frozen=True, slots=True)
class ReplyStep:
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
