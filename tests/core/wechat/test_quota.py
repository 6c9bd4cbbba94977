"""WeChat's table of what may be sent: 5 in 48 hours after a message, 2 in a minute after entering."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.core.wechat.errcode_table import action_by_code
from wxdesk.core.model.conversation import ReplyWindow
from wxdesk.core.model.message import MessageType
from wxdesk.core.wechat import quota

T = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEXT, ENTER = MessageType.TEXT, MessageType.ENTER_SESSION
S, H = timedelta(seconds=1), timedelta(hours=1)


def window(left: int, ends_in: timedelta | None) -> ReplyWindow:
    return ReplyWindow(left, None if ends_in is None else T + ends_in)


@pytest.mark.parametrize(
    ("before", "type_", "after"),
    [
        # the first action opens the window
        (window(0, None), TEXT, window(5, 48 * H)),
        (window(0, None), ENTER, window(2, 60 * S)),
        (window(0, None), MessageType.IMAGE, window(5, 48 * H)),
        (window(0, None), MessageType.OTHER, window(5, 48 * H)),
        # a message resets it and never adds up
        (window(3, 40 * H), TEXT, window(5, 48 * H)),
        (window(5, 48 * H), TEXT, window(5, 48 * H)),
        (window(0, 40 * H), TEXT, window(5, 48 * H)),
        (window(2, 30 * S), TEXT, window(5, 48 * H)),
        # entering raises what is left to 2 at least, and never shortens the time
        (window(4, 10 * H), ENTER, window(4, 10 * H)),
        (window(1, 10 * H), ENTER, window(2, 10 * H)),
        (window(0, 10 * H), ENTER, window(2, 10 * H)),
        (window(1, 30 * S), ENTER, window(2, 60 * S)),
        # what has run out does not count
        (window(5, 0 * S), ENTER, window(2, 60 * S)),
        (window(5, -1 * H), TEXT, window(5, 48 * H)),
    ],
)
def test_each_action_of_the_contact_allows_what_the_table_says(
    before: ReplyWindow, type_: MessageType, after: ReplyWindow
) -> None:
    assert quota.window_after_event(before, type_, T) == after


@pytest.mark.parametrize(
    ("left", "type_", "sent_since", "after"),
    [(0, TEXT, 2, 3), (4, TEXT, 1, 4), (0, TEXT, 7, 0), (0, ENTER, 1, 1), (1, ENTER, 2, 1)],
)
def test_what_was_sent_before_a_late_push_came_counts_against_it(
    left: int, type_: MessageType, sent_since: int, after: int
) -> None:
    assert quota.window_after_event(window(left, 40 * H), type_, T, sent_since=sent_since).left == after


def test_a_late_push_does_not_shorten_the_window() -> None:
    assert quota.window_after_event(window(2, 48 * H), TEXT, T - H).until == T + 48 * H


def test_spending_stops_at_zero() -> None:
    assert quota.window_after_send(ReplyWindow(1, T)).left == 0
    assert quota.window_after_send(ReplyWindow(0, T)).left == 0


@pytest.mark.parametrize(
    ("code", "after"),
    [
        (45015, replace(window(0, 0 * S), refused=45015)),
        *(
            (code, replace(window(0, H), refused=code))
            for code, action in action_by_code().items()
            if action == "CONTACT" and code != 45015
        ),
        *((code, window(4, H)) for code, action in action_by_code().items() if action != "CONTACT"),
    ],
)
def test_a_refusal_by_wechat_corrects_the_window(code: int, after: ReplyWindow) -> None:
    assert quota.window_after_refusal(window(4, H), code, T) == after


@pytest.mark.parametrize(
    ("before", "reserve", "promised", "expected"),
    [
        (window(5, H), 2, 0, 3),
        (window(5, H), 0, 0, 5),
        (window(5, H), 4, 0, 1),
        (window(2, H), 2, 0, 0),
        (window(1, H), 2, 0, 0),
        (window(5, 0 * S), 2, 0, 0),
        (window(0, None), 2, 0, 0),
        # what waits to be sent is as good as sent
        (window(5, H), 2, 1, 2),
        (window(5, H), 2, 3, 0),
        (window(5, H), 2, 9, 0),
        # in the minute after entering nobody could write, so nothing is reserved
        (window(2, 60 * S), 2, 0, 2),
        (window(2, 62 * S), 2, 0, 2),  # WeChat's clock is a little ahead
        (window(2, 60 * S), 2, 1, 1),
        (window(2, 10 * H), 2, 0, 0),  # entering while the window is open keeps the reserve
        (window(4, 10 * H), 2, 0, 2),
    ],
)
def test_rules_leave_the_reserve_to_the_operator(
    before: ReplyWindow, reserve: int, promised: int, expected: int
) -> None:
    assert quota.left_for_rules(before, T, reserve, promised) == expected
