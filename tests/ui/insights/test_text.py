"""Lengths of time, shares and comparisons as one reads them."""

from datetime import timedelta

import pytest

from wxdesk import i18n
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.model.statistics import MessageCounts, Undelivered
from wxdesk.ui.insights.text import change_text, hour_counts, share_text, undelivered_text, wait_text


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0.4, "0 s", "0 秒"),
        (9, "9 s", "9 秒"),
        (59.6, "1 min", "1 分"),
        (161, "2 min 41 s", "2 分 41 秒"),
        (3600, "1 h", "1 小时"),
        (7500, "2 h 5 min", "2 小时 5 分"),
        (86400, "1 d", "1 天"),
        (190000, "2 d 4 h", "2 天 4 小时"),
    ],
)
def test_a_wait_is_told_in_its_two_largest_units(seconds: float, english: str, chinese: str) -> None:
    assert wait_text(timedelta(seconds=seconds)) == english
    i18n.use("zh_CN")
    assert wait_text(timedelta(seconds=seconds)) == chinese


def test_where_nothing_was_counted_stands_a_dash_and_never_a_division_by_zero() -> None:
    assert wait_text(None) == share_text(0, 0) == "–"
    assert change_text(5, 0) == ""


def test_an_hour_tells_what_was_handed_over_only_where_something_was() -> None:
    assert hour_counts(9, MessageCounts(1, 2, 3)) == "09:00–10:00    rules 1 · by hand 2 · unanswered 3"
    assert hour_counts(9, MessageCounts(1, 2, 3, 4)).endswith("unanswered 3 · handed over 4")
    assert MessageCounts(1, 2, 3, 4).total == 10


def test_shares_and_changes_are_in_whole_per_cent() -> None:
    assert share_text(591, 896) == "66%"
    assert (change_text(896, 800), change_text(90, 100), change_text(7, 7)) == ("+12%", "−10%", "+0%")


def test_an_hour_says_its_three_numbers() -> None:
    assert hour_counts(23, MessageCounts(12, 4, 1)) == "23:00–00:00    rules 12 · by hand 4 · unanswered 1"


def test_undelivered_replies_have_a_code_with_its_meaning() -> None:
    assert undelivered_text(Undelivered(ReplyState.FAILED, 45015, 6)) == "45015 the time for replies is over"
    assert undelivered_text(Undelivered(ReplyState.FAILED, None, 1)) == "WeChat could not be reached"
    assert undelivered_text(Undelivered(ReplyState.UNKNOWN, None, 1)) == "Outcome unknown, may have arrived"
