"""The strip at the foot says less where there is less room, and whatever it says can be read whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.inbox.records import conversation
from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.events import TokenChanged
from wxdesk.core.inbox import DayCounts
from wxdesk.core.presence import Seen
from wxdesk.ui.bridge import Bridge
from wxdesk.ui.status_bar import StatusBar
from wxdesk.ui.widgets.lamp import Lamp


@pytest.fixture(params=["en", "zh_CN"])
def strip(request: pytest.FixtureRequest, qtbot: QtBot, world: World, bridge: Bridge) -> Iterator[StatusBar]:
    """Away, paused for a while, with somebody who waits and a token that runs."""
    world.publish(TokenChanged("shop", datetime.now(UTC) + timedelta(hours=1, minutes=58)))
    world.call(world.desk.handoff.pause(datetime.now(UTC) + timedelta(hours=1)))
    world.call(world.desk.presence.report(Seen(said_away=True)))
    i18n.use(request.param)
    host = QWidget()
    made = StatusBar(bridge, host)
    made.show_day(DayCounts(1_345, 876, 345, 123))
    made.show_longest(conversation(1, waiting=90, alias="一个名字特别长的老客户张三丰"))
    qtbot.addWidget(host)
    host.resize(2000, 40)
    host.show()
    yield made
    i18n.use("en")


def lie(strip: StatusBar, width: int) -> None:
    strip.resize(width, strip.height())
    for _ in range(3):  # a word that changes asks for another room
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def cut(strip: StatusBar) -> list[str]:
    """Labels whose words do not stand there whole."""
    labels = [label for label in strip.findChildren(QLabel) if label.isVisible() and label.text()]
    return [
        label.text()
        for label in labels
        if "…" in label.text() or label.fontMetrics().horizontalAdvance(label.text()) > label.width()
    ]


@pytest.mark.parametrize("ringing", [False, True])
def test_at_every_width_all_that_is_said_is_whole(strip: StatusBar, ringing: bool) -> None:
    strip.show_ringing(ringing)
    for width in (1920, 1280, 1100, 1000, 900, *([] if ringing else [820])):
        lie(strip, width)
        assert cut(strip) == [], width
        assert strip.pause_for.geometry().right() < width
        shown = [one for one in (strip.listener, strip.token, strip.figures, strip.longest) if one.width()]
        edges = [(one.x(), one.geometry().right()) for one in shown]
        assert edges == sorted(edges)
        assert all(right < left for (_, right), (left, _) in pairwise(edges)), width


def test_what_it_leaves_out_is_told_by_its_tip_and_to_a_screen_reader(strip: StatusBar) -> None:
    lie(strip, 1920)
    whole = {lamp: _words(lamp) for lamp in strip.findChildren(Lamp)}
    lie(strip, 900)
    shorter = [lamp for lamp, words in whole.items() if _words(lamp) != words]
    assert shorter
    for lamp in shorter:
        assert lamp.accessibleName() == lamp.text == whole[lamp]
        assert lamp.toolTip() != ""


def test_what_is_amiss_keeps_its_words_where_a_dot_says_that_all_is_well(strip: StatusBar) -> None:
    assert strip.token.width_at(2) < strip.token.width_at(1)
    strip.token.show_state("failed", "No token for shop", short="No token")
    assert strip.token.width_at(2) == strip.token.width_at(1)


def _words(lamp: Lamp) -> str:
    return next((label.text() for label in lamp.findChildren(QLabel) if label.isVisible() and label.text()), "")
