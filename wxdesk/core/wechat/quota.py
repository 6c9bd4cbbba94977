"""Quota and deadline for replies to one contact (下发条数, 下发时限).

WeChat's own table (the guide "发送客服消息"): a message from the contact allows 5 replies within 48 hours,
entering the chat by the button 2 within 1 minute. An event raises the quota to the larger of both numbers
and the deadline to the later of both; it never adds up. The counter is advice: the API's answer is the
truth and corrects it (45047: none left, 45015: too late).
"""

from datetime import datetime, timedelta

from msgspec import Struct

from wxdesk.core.model.conversation import ReplyWindow
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Reply
from wxdesk.core.wechat.errcodes import is_about_the_contact

AFTER_MESSAGE = (5, timedelta(hours=48))
AFTER_ENTERING = (2, timedelta(minutes=1))

MOST_RESERVED = 4
"""Most replies that can be reserved; with all five no rule could ever answer."""

TOO_SHORT_FOR_A_HUMAN = timedelta(minutes=5)
"""Remaining window too short for an operator, so that rules may use it up."""

TOO_LATE, NONE_LEFT = 45015, 45047


class ClaimedReply(Struct, frozen=True):
    """A reply about to be sent, with the known reply window of its contact."""

    reply: Reply
    window: ReplyWindow


def window_after_event(window: ReplyWindow, type: MessageType, at: datetime, *, sent_since: int = 0) -> ReplyWindow:  # noqa: A002
    """Return the window after the contact wrote or entered at `at` (CreateTime).

    `sent_since` is how many replies WeChat has accepted after `at`, when the push came late: they count against
    the allowance.
    """
    allowed, span = AFTER_ENTERING if type is MessageType.ENTER_SESSION else AFTER_MESSAGE
    still_left = replies_left(window, at)
    until = at + span if window.until is None else max(window.until, at + span)
    return ReplyWindow(left=max(still_left, allowed - sent_since), until=until)


def window_after_send(window: ReplyWindow) -> ReplyWindow:
    """Return the window after WeChat accepted one reply."""
    return ReplyWindow(left=max(0, window.left - 1), until=window.until)


def window_after_refusal(window: ReplyWindow, errcode: int, at: datetime) -> ReplyWindow:
    """Return the window after WeChat refused a reply at `at` with `errcode`.

    Unchanged unless that is about the contact. For every such code (45047: none left, 48002: messages refused
    …), nothing more can be sent until the contact acts again.
    """
    if not is_about_the_contact(errcode):
        return window
    return ReplyWindow(left=0, until=at if errcode == TOO_LATE else window.until, refused=errcode)


def replies_left(window: ReplyWindow, at: datetime) -> int:
    """Return how many replies may still leave at `at`."""
    return 0 if window.until is None or at >= window.until else window.left


def left_for_rules(window: ReplyWindow, at: datetime, reserve: int, promised: int = 0) -> int:
    """Return how many replies rules may still send, without reserve and pending ones.

    `promised` are replies that wait to be sent. Where no operator could answer in time, nothing is reserved.
    """
    free = replies_left(window, at) - promised
    return max(0, free if closes_soon(window, at) else free - reserve)


def closes_soon(window: ReplyWindow, at: datetime) -> bool:
    """True for the minute after entering: too short for an operator, or for a hold."""
    return window.until is not None and window.until - at <= TOO_SHORT_FOR_A_HUMAN
