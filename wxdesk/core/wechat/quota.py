"""What WeChat allows to be sent to one contact, and for how long (下发条数, 下发时限).

WeChat's own table (the guide "发送客服消息"): a message from the contact allows 5 replies within 48 hours,
entering the chat by the button 2 within 1 minute. An event raises what is left to the larger of both numbers
and the deadline to the later of both; it never adds up. The counter is advice: the API's answer is the
truth and corrects it (45047: none left, 45015: too late).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wxdesk.core.model.conversation import ReplyWindow
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Reply
from wxdesk.core.wechat.errcodes import ErrorAction, action_for

AFTER_MESSAGE = (5, timedelta(hours=48))
AFTER_ENTERING = (2, timedelta(minutes=1))

MOST_RESERVED = 4
"""An account can keep at most this many of the five for its human; with all five kept no rule could ever speak."""

TOO_SHORT_FOR_A_HUMAN = timedelta(minutes=5)
"""In a window that closes so soon nobody could write anyway, so that a greeting may use it up. A minute would do, were
all clocks right."""

TOO_LATE, NONE_LEFT = 45015, 45047


@dataclass(frozen=True, slots=True)
class Claimed:
    """A reply about to be sent, with what WeChat allows to its contact as far as is known."""

    reply: Reply
    window: ReplyWindow


def opened(window: ReplyWindow, type: MessageType, at: datetime, *, sent_since: int = 0) -> ReplyWindow:  # noqa: A002
    """The window after the contact wrote or entered at `at` (WeChat's CreateTime, not our clock).

    `sent_since` is how many replies WeChat has accepted after `at`, when the push came late: they count against what
    it allows.
    """
    allowed, span = AFTER_ENTERING if type is MessageType.ENTER_SESSION else AFTER_MESSAGE
    still_left = left(window, at)
    until = at + span if window.until is None else max(window.until, at + span)
    return ReplyWindow(left=max(still_left, allowed - sent_since), until=until)


def spent(window: ReplyWindow) -> ReplyWindow:
    """The window after WeChat accepted one reply."""
    return ReplyWindow(left=max(0, window.left - 1), until=window.until)


def corrected(window: ReplyWindow, errcode: int, at: datetime) -> ReplyWindow:
    """The window after WeChat refused a reply at `at` with `errcode`; unchanged unless that is about the contact.

    Whatever WeChat has against this contact (45047: none left, 48002: he refuses messages …), nothing more can be
    sent to him until he acts again.
    """
    if errcode == TOO_LATE:
        return ReplyWindow(left=0, until=at)
    if action_for(errcode) is ErrorAction.USER:
        return ReplyWindow(left=0, until=window.until)
    return window


def left(window: ReplyWindow, at: datetime) -> int:
    """How many replies may still leave at `at`."""
    if window.until is None or at >= window.until:
        return 0
    return window.left


def left_for_rules(window: ReplyWindow, at: datetime, reserve: int, promised: int = 0) -> int:
    """How many of them automatic replies may use: all but the human's `reserve`, and what is `promised` already.

    `promised` are replies that wait to be sent. Where no human could answer in time, nothing is kept for him.
    """
    free = left(window, at) - promised
    return max(0, free if closes_soon(window, at) else free - reserve)


def closes_soon(window: ReplyWindow, at: datetime) -> bool:
    """True for the minute after entering: too short for a human, and for holding a reply back."""
    return window.until is not None and window.until - at <= TOO_SHORT_FOR_A_HUMAN
