"""WeChat's table of what may be sent: 5 in 48 hours after a message, 2 in a minute after entering."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wxdesk.core import quota
from wxdesk.core.model import MessageType, ReplyWindow

T = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEXT, ENTER = MessageType.TEXT, MessageType.ENTER_SESSION


def test_a_message_allows_five_in_48_hours() -> None:
    assert quota.opened(ReplyWindow(), TEXT, T) == ReplyWindow(5, T + timedelta(hours=48))


def test_entering_allows_two_in_a_minute() -> None:
    assert quota.opened(ReplyWindow(), ENTER, T) == ReplyWindow(2, T + timedelta(minutes=1))


def test_it_resets_and_never_adds_up() -> None:
    used = ReplyWindow(3, T + timedelta(hours=40))
    assert quota.opened(used, TEXT, T) == ReplyWindow(5, T + timedelta(hours=48))


@pytest.mark.parametrize(("left", "expected"), [(4, 4), (1, 2), (0, 2)])
def test_entering_raises_to_the_larger_and_keeps_the_later_deadline(left: int, expected: int) -> None:
    until = T + timedelta(hours=10)
    assert quota.opened(ReplyWindow(left, until), ENTER, T) == ReplyWindow(expected, until)


def test_what_ran_out_does_not_count() -> None:
    assert quota.opened(ReplyWindow(5, T), ENTER, T) == ReplyWindow(2, T + timedelta(minutes=1))


def test_a_late_push_does_not_shorten_the_window() -> None:
    open_until = ReplyWindow(2, T + timedelta(hours=48))
    assert quota.opened(open_until, TEXT, T - timedelta(hours=1)).until == T + timedelta(hours=48)


def test_spending_stops_at_zero() -> None:
    assert quota.spent(ReplyWindow(1, T)).left == 0
    assert quota.spent(ReplyWindow(0, T)).left == 0


def test_wechat_has_the_last_word() -> None:
    window = ReplyWindow(4, T + timedelta(hours=1))
    assert quota.corrected(window, 45047, T) == ReplyWindow(0, T + timedelta(hours=1))
    assert quota.corrected(window, 45015, T) == ReplyWindow(0, T)
    assert quota.corrected(window, 87014, T) == window


@pytest.mark.parametrize(
    ("window", "type_", "expected"),
    [
        (ReplyWindow(5, T + timedelta(hours=1)), TEXT, 3),
        (ReplyWindow(2, T + timedelta(hours=1)), TEXT, 0),
        (ReplyWindow(2, T + timedelta(seconds=30)), ENTER, 2),
        (ReplyWindow(5, T), TEXT, 0),
        (ReplyWindow(), TEXT, 0),
    ],
)
def test_rules_leave_two_for_the_human(window: ReplyWindow, type_: MessageType, expected: int) -> None:
    assert quota.left_for_rules(window, type_, T) == expected
