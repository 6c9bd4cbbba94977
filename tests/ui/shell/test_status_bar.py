"""The strip at the foot says less where there is less room, and whatever it says can be read whole."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.inbox.records import conversation
from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.conversations.listing import DayCounts, InboxCounts
from wxdesk.core.events import TokenChanged
from wxdesk.core.presence import PresenceSignals
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.status_bar import StatusBar
from wxdesk.ui.widgets.fitting_label import FittingLabel, StatusDot


@pytest.fixture(params=["en", "zh_CN"])
def strip(request: pytest.FixtureRequest, qtbot: QtBot, world: World, bridge: Bridge) -> Iterator[StatusBar]:
    """Away, paused for a while, with somebody who waits and a token that runs."""
    world.publish(TokenChanged("shop", datetime.now(UTC) + timedelta(hours=1, minutes=58)))
    world.call(world.desk.outbox.pause(datetime.now(UTC) + timedelta(hours=1)))
    world.call(world.desk.presence.report(PresenceSignals(declared_away=True)))
    i18n.use(request.param)
    host = QWidget()
    made = StatusBar(bridge, host)
    made.show_day(DayCounts(1_345, 876, 345))
    made.show_counts(InboxCounts(waiting=123))
    made.show_longest(conversation(1, waiting=90, alias="一个名字特别长的老客户张三丰"))
    qtbot.addWidget(host)
    host.resize(2000, 40)
    host.show()
    yield made
    i18n.use("en")


def lie(strip: StatusBar, width: int) -> None:
    strip.resize(width, strip.height())
    lay_out(times=3)  # a word that changes asks for another room


def lay_out(times: int) -> None:
    for _ in range(times):
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
    strip.silence.setVisible(ringing)
    for width in (1920, 1280, 1100, 1000, 900, *([] if ringing else [820])):
        lie(strip, width)
        assert cut(strip) == [], width
        assert strip.pause_for.geometry().right() < width
        shown = [one for one in (strip.listener, strip.token, strip.figures, strip.longest) if one.width()]
        edges = [(one.x(), one.geometry().right()) for one in shown]
        assert edges == sorted(edges)
        assert all(right < left for (_, right), (left, _) in pairwise(edges)), width


class Requests(QObject):
    """Counts how often a widget is asked to lay itself out."""

    def __init__(self, watched: QObject) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.LayoutRequest
        return False


@pytest.mark.parametrize("width", [1920, 1000, 820])
def test_the_strip_stops_laying_out_once_its_width_is_shared(strip: StatusBar, width: int) -> None:
    requests = Requests(strip)
    lie(strip, width)
    for _ in range(2):
        strip.silence.setVisible(not strip.silence.isVisible())
        asked = requests.count
        lay_out(times=10)
        assert requests.count > asked
        asked = requests.count
        lay_out(times=10)
        assert requests.count == asked


def test_words_left_out_are_in_the_tooltip_and_the_accessible_name(strip: StatusBar) -> None:
    lie(strip, 1920)
    whole = {lamp: _words(lamp) for lamp in strip.findChildren(StatusDot)}
    lie(strip, 900)
    shorter = [lamp for lamp, words in whole.items() if _words(lamp) != words]
    assert shorter
    for lamp in shorter:
        assert lamp.accessibleName() == whole[lamp]
        assert lamp.toolTip() != ""


def test_troubles_keep_their_words_where_a_dot_says_that_all_is_well(strip: StatusBar) -> None:
    assert strip.token.width_at(2) < strip.token.width_at(1)
    strip.token.show_state("failed", "No token for shop", short="No token")
    assert strip.token.width_at(2) == strip.token.width_at(1)


def _words(lamp: StatusDot) -> str:
    return next((label.text() for label in lamp.findChildren(QLabel) if label.isVisible() and label.text()), "")


@pytest.mark.parametrize("ringing", [False, True])
def test_in_a_narrow_window_the_longest_wait_gives_way_to_a_notice(strip: StatusBar, ringing: bool) -> None:
    strip.silence.setVisible(ringing)
    for width in (1600, 900):
        lie(strip, width)
        end = strip.room().right()
        assert end >= width * 0.4
        assert (end < strip.longest.x()) is (width == 1600)
        assert end < (strip.silence if ringing else strip.presence).x()


def test_a_notice_has_room_for_words_in_a_narrow_window(strip: StatusBar) -> None:
    strip.silence.setVisible(True)
    strip.show_longest(None)
    strip.replies.show_state("accent", "Automatic replies are on", short="On")
    lie(strip, 960)
    room = strip.room().width()
    strip.cover(True)
    lay_out(times=3)
    assert strip.room().width() > room
    assert cut(strip) == []
    lie(strip, 1600)
    assert _words(strip.replies) == strip.replies.accessibleName(), "nothing is shortened where there is room for both"
    lie(strip, 960)
    strip.cover(False)
    lay_out(times=3)
    assert strip.room().width() == room


def test_todays_figures_go_away_whole_where_there_is_no_room(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    label = FittingLabel(elide=True, parent=host)
    host.show()
    label.show_wordings(["4 waiting · today 12 in · 9 by rules", "4 waiting · today 12 in", "4 waiting"])
    shown = []
    for width in range(400, 0, -1):
        label.resize(width, 20)
        if label.text() not in shown:
            shown.append(label.text())
        assert label.fontMetrics().horizontalAdvance(label.text()) <= width
        assert label.full_text() == "4 waiting · today 12 in · 9 by rules"
        assert bool(label.toolTip()) is (label.text() != label.full_text())
    assert shown == ["4 waiting · today 12 in · 9 by rules", "4 waiting · today 12 in", "4 waiting", ""]


def test_a_lamp_says_less_before_it_is_cut(qtbot: QtBot) -> None:
    lamp = StatusDot()
    qtbot.addWidget(lamp)
    lamp.show()
    lamp.show_state("accent", "Listening on 127.0.0.1:8765", short="Listening")
    shown = []
    for width in range(400, 60, -1):
        lamp.resize(width, 20)
        qtbot.waitUntil(partial(lambda width: lamp.layout().geometry().width() == width, width))
        words = lamp.findChild(FittingLabel).text()
        if words not in shown:
            shown.append(words)
    assert shown[:2] == ["Listening on 127.0.0.1:8765", "Listening"]
    assert all(words.endswith("…") for words in shown[2:])
    assert lamp.accessibleName() == "Listening on 127.0.0.1:8765"


def test_every_wording_says_who_waits_and_calls_only_the_days_figures_todays(strip: StatusBar) -> None:
    strip.show_day(DayCounts(messages=0))
    strip.show_counts(InboxCounts(waiting=2))
    said = set()
    for width in range(2000, 800, -20):
        lie(strip, width)
        said.add(strip.figures.text())
    said.discard("")
    first, today = ("等待 2", "今日") if i18n.language() == "zh_CN" else ("2 waiting", "today")
    assert len(said) == 3
    assert all(words.partition(" · ")[0] == first for words in said)
    assert all(today in words for words in said - {first})
