"""Times of another day are told with their date, and a day begins by the offset of its night."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.inbox.records import conversation
from wxdesk.ui.inbox.details.quota import quota_sentence
from wxdesk.ui.shell.pause import PauseBar
from wxdesk.ui.wording.days import Days
from wxdesk.ui.wording.status import HoursBoundary
from wxdesk.ui.wording.takeover import takeover_sentence, takeover_spans

NOON = datetime(2026, 10, 2, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_when_the_time_for_replies_ended() -> None:
    closed = conversation(1)
    closed = replace(closed, window=replace(closed.window, until=NOON - timedelta(days=3)))
    assert "ended at Sep 29 12:00." in quota_sentence(closed, None, NOON)


def test_until_when_one_has_the_word() -> None:
    mine = replace(conversation(1), taken_over=True, taken_over_until=NOON + timedelta(days=2))
    assert "until Oct 4 12:00," in takeover_sentence(mine, NOON)


def test_since_when_everything_is_paused(qtbot: QtBot) -> None:
    now = NOON
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(1200, 44)
    bar = PauseBar(lambda: now, host)
    bar.show_pause(NOON, None)
    assert bar.title.full_text().endswith("since 12:00")
    now += timedelta(days=1)
    bar.show_pause(NOON, None)
    assert bar.title.full_text().endswith("since Oct 2 12:00")


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        (datetime(2026, 10, 25, 12, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)),  # the clocks go back
        (datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 3, 28, 23, tzinfo=UTC)),  # and forward
    ],
)
def test_a_day_begins_by_the_offset_of_its_night(now: datetime, midnight: datetime) -> None:
    assert Days().midnight(now) == midnight


def test_a_takeover_until_closing_names_the_day_as_a_snooze_does() -> None:
    closing = HoursBoundary(NOON + timedelta(days=1), there="18:00")
    texts = [choice.text for choice in takeover_spans(conversation(1), closing, NOON)]
    assert texts[2] == "Until closing, tomorrow 12:00 (18:00 at the shop)"
