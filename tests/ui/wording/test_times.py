"""Times, dates and spans in words, in both languages."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from wxdesk import i18n
from wxdesk.ui.wording import times

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # noon in Shanghai


@pytest.fixture(autouse=True)
def _shanghai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def chinese() -> None:
    i18n.use("zh_CN")


@pytest.mark.parametrize(
    ("seconds", "word"),
    [(-5, "0 秒"), (0, "0 秒"), (59, "59 秒"), (60, "1 分钟"), (3599, "59 分钟"), (3600, "1 小时"),
     (172_799, "47 小时"), (172_800, "48 小时"), (259_200, "3 天")],
)  # fmt: skip
@pytest.mark.usefixtures("chinese")
def test_spans_are_told_in_their_largest_unit(seconds: int, word: str) -> None:
    assert times.span_text(timedelta(seconds=seconds)) == word


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(), "0:00"),
        (timedelta(milliseconds=1), "0:01"),
        (timedelta(seconds=65), "1:05"),
        (timedelta(hours=1, minutes=58, seconds=20), "1:58:20"),
        (timedelta(hours=48), "48:00:00"),
        (timedelta(seconds=-9), "0:00"),
    ],
)
def test_a_countdown_reaches_zero_only_when_it_is_over(span: timedelta, text: str) -> None:
    assert times.time_left_text(span) == text


@pytest.mark.parametrize(
    ("at", "zh", "en"),
    [
        (NOW, "今天", "Today"),
        (NOW - timedelta(hours=13), "昨天", "Yesterday"),  # 23:00 in Shanghai, the same day in UTC
        (datetime(2026, 10, 2, tzinfo=UTC), "10月2日", "Oct 2"),
        (datetime(2025, 12, 31, tzinfo=UTC), "2025年12月31日", "Dec 31, 2025"),
    ],
)
def test_days_are_local_days(at: datetime, zh: str, en: str) -> None:
    assert times.day_text(at, NOW) == en
    i18n.use("zh_CN")
    assert times.day_text(at, NOW) == zh


def test_clock_time_is_local() -> None:
    assert times.clock_time(NOW) == "12:00"


@pytest.mark.usefixtures("chinese")
def test_ago_is_short() -> None:
    assert times.ago(NOW - timedelta(seconds=30), NOW) == "刚刚"
    assert times.ago(NOW - timedelta(minutes=21), NOW) == "21 分钟"
    assert times.ago(NOW - timedelta(hours=3), NOW) == "3 小时"
    assert times.ago(NOW - timedelta(hours=13), NOW) == "昨天"
    assert times.waiting_text(NOW - timedelta(minutes=12), NOW) == "等 12 分钟"


def test_every_month_is_told_in_chinese() -> None:
    i18n.use("zh_CN")
    assert [times.date_text(date(2026, month, 2)) for month in range(1, 13)] == [
        f"2026年{n}月2日" for n in range(1, 13)
    ]
