"""What WeChat allows to be sent to one contact, and for how long (下发条数, 下发时限).

WeChat's own table (the guide "发送客服消息"): a message from the contact allows 5 replies within 48 hours,
entering the chat by the button 2 within 1 minute. An event raises what is left to the larger of both numbers
and the deadline to the later of both; it never adds up. The counter is advice: the API's answer is the
truth and corrects it (45047: none left, 45015: too late).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from wxdesk.core.errcodes import ErrorAction, action_for
from wxdesk.core.model import MessageType, ReplyWindow

AFTER_MESSAGE = (5, timedelta(hours=48))
AFTER_ENTERING = (2, timedelta(minutes=1))

RESERVE_FOR_HUMAN = 2
"""Automatic replies leave this many of the five for the operator; a greeting on entering may use all."""

TOO_LATE = 45015


def opened(window: ReplyWindow, type: MessageType, at: datetime) -> ReplyWindow:  # noqa: A002
    """The window after the contact wrote or entered at `at` (WeChat's CreateTime, not our clock)."""
    allowed, span = AFTER_ENTERING if type is MessageType.ENTER_SESSION else AFTER_MESSAGE
    still_left = left(window, at)
    until = at + span if window.until is None else max(window.until, at + span)
    return ReplyWindow(left=max(still_left, allowed), until=until)


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


def left_for_rules(window: ReplyWindow, type: MessageType, at: datetime) -> int:  # noqa: A002
    """How many of them automatic replies may use: all after entering, else all but the human's reserve."""
    free = left(window, at)
    return free if type is MessageType.ENTER_SESSION else max(0, free - RESERVE_FOR_HUMAN)
