"""A desk whose account lives elsewhere: today is the account's day, on the page and in the status bar."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import HandClock
from tests.ui.world import World, open_world
from wxdesk.core.conversations.listing import InboxCounts
from wxdesk.ui.insights.page import InsightsPage
from wxdesk.ui.insights.text import Period
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.status_bar import StatusBar

ZONE = "Pacific/Kiritimati"  # 14 hours ahead of UTC: its 24 November begins on the 23rd at 10:00
LI = "oX3fAbCdEfGhIjKlMnOpQrStU9k2"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = HandClock()
    clock.now = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    with open_world(tmp_path, clock=clock, timezone=ZONE) as opened:
        opened.say(LI, "yesterday there")
        opened.move_to(datetime(2026, 11, 23, 10, 30, tzinfo=UTC))
        opened.say(LI, "today there")
        opened.move_to(datetime(2026, 11, 24, 3, 0, tzinfo=UTC))
        yield opened


def test_today_on_the_page_is_the_accounts_day_and_it_says_so(qtbot: QtBot, page: InsightsPage) -> None:
    assert page.head.days.full_text() == f"Days go by the accounts' clock: {ZONE}."
    before = page.figures
    page.head.chips.button(Period.TODAY).click()
    qtbot.waitUntil(lambda: page.figures is not before)
    assert page.sections.messages.figure.full_text() == "1"
    assert page.figures.hours[0].total == 1  # half past midnight there


def test_the_status_bar_counts_the_accounts_day(qtbot: QtBot, bridge: Bridge) -> None:
    bar = StatusBar(bridge)
    qtbot.addWidget(bar)
    bar.resize(1200, 30)
    bar.show()
    bar.show_counts(InboxCounts())
    bar.ask()
    qtbot.waitUntil(lambda: "today 1 in" in bar.figures.full_text())
    assert ZONE in bar.figures.toolTip()
