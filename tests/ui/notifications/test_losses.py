"""A desk that cannot take messages is heard of outside the window: by ring, notice and tray, once for each loss."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import HandClock
from tests.ui.notifications.desktop import Desktop, Ear
from tests.ui.world import World, open_world
from wxdesk.app import OpenDesk
from wxdesk.core.events import ListenerChanged, TroubleRaised
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.setup.reachability import REACHED_AT
from wxdesk.ui.look.icons import pixmap, program_icon
from wxdesk.ui.notifications.alerts import OperatorAlerts
from wxdesk.ui.notifications.desktop_notices import SIDE
from wxdesk.ui.notifications.notice import NoticeAction
from wxdesk.ui.shell.main_window import MainWindow

REFUSED = TroubleRaised(TroubleArea.DATABASE, "Messages are no longer accepted. The disk is full.")

NONE_WORKS = "No server works at the moment: nobody answers customers until one does."
NO_SERVER = TroubleRaised(TroubleArea.SERVER, NONE_WORKS)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, clock=HandClock()) as opened:
        yield opened


def nobody_is_there(world: World) -> None:
    world.call(world.desk.presence.report(None))


def later(world: World, seconds: float, attention: OperatorAlerts) -> None:
    """Let time pass, and the alerts look as they do every few seconds."""
    world.move_to(world.clock() + timedelta(seconds=seconds))
    attention._follow()


def test_a_desk_that_wechat_no_longer_reaches_rings_and_says_why(
    qtbot: QtBot, world: World, window: MainWindow, attention: OperatorAlerts, desktop: Desktop, ear: Ear
) -> None:

    async def lose_the_way(works: OpenDesk) -> None:
        reachability = works.desk.reachability
        await works.store.settings.set(REACHED_AT, world.clock().isoformat())
        await reachability.load()
        reachability.follow("http://nobody.invalid", "shop", "127.0.0.1:8765")
        await reachability.check()

    nobody_is_there(world)
    world.at_work(lose_the_way)
    qtbot.waitUntil(lambda: ear.played() == 1)
    [notice] = desktop.ever
    assert (notice.title, notice.answers) == ("WeChat does not reach this desk", (NoticeAction.OPEN,))
    assert "nobody.invalid" in notice.body or "no network" in notice.body
    desktop.answered(notice, NoticeAction.OPEN)
    assert window.page_names[window.stack.currentIndex()] == "settings"
    assert window.status_bar.silence.isVisible()

    async def need_no_way(works: OpenDesk) -> None:
        works.desk.reachability.follow("", "shop", "127.0.0.1:8765")

    world.at_work(need_no_way)
    qtbot.waitUntil(lambda: not window.status_bar.silence.isVisible())
    assert notice.key in desktop.withdrawn


def test_a_database_that_is_gone_rings_once_and_says_so_until_it_is_back(
    qtbot: QtBot, world: World, window: MainWindow, attention: OperatorAlerts, desktop: Desktop, ear: Ear
) -> None:
    nobody_is_there(world)
    there, away = world.home / "desk.db", world.home / "away.db"
    there.rename(away)
    qtbot.waitUntil(lambda: attention.tray.icon.toolTip().startswith("wxdesk · Messages are no longer accepted."))
    assert (ear.played(), desktop.ever) == (0, [])
    later(world, 16, attention)
    qtbot.waitUntil(lambda: ear.played() == 1)
    [notice] = desktop.ever
    assert notice.title == "This desk cannot store messages"
    assert notice.body.startswith("Messages are no longer accepted.")
    window.silence_wanted.emit()
    later(world, 600, attention)
    assert (len(desktop.ever), window.status_bar.silence.isVisible()) == (1, False)
    away.rename(there)
    qtbot.waitUntil(lambda: desktop.withdrawn == [notice.key])
    assert "accepted" not in attention.tray.icon.toolTip()
    assert ear.played() == 1


@pytest.mark.parametrize("stops", [REFUSED, NO_SERVER, ListenerChanged("")])
def test_a_fault_of_some_seconds_does_not_ring_but_one_that_lasts_does(
    qtbot: QtBot,
    world: World,
    attention: OperatorAlerts,
    desktop: Desktop,
    ear: Ear,
    stops: TroubleRaised | ListenerChanged,
) -> None:
    url = world.desk.health.state.listener_url
    ends = ListenerChanged(url) if isinstance(stops, ListenerChanged) else TroubleRaised(stops.key, "")
    nobody_is_there(world)
    for rings, seconds in ((False, 14), (True, 15)):
        world.publish(stops)
        later(world, seconds, attention)
        assert attention.tray.silence.isEnabled() is rings
        world.publish(ends)
        qtbot.waitUntil(lambda: not attention.tray.silence.isEnabled())
    qtbot.waitUntil(lambda: ear.played() == 1)
    assert len(desktop.ever) == 1


def test_a_window_beside_servers_shows_by_lamp_tray_and_notice_that_none_works(
    qtbot: QtBot, world: World, window: MainWindow, attention: OperatorAlerts, desktop: Desktop
) -> None:
    nobody_is_there(world)
    world.publish(NO_SERVER)
    qtbot.waitUntil(lambda: window.status_bar.listener.accessibleName() == NONE_WORKS)
    assert window.status_bar.listener.role == "failed"
    assert NONE_WORKS in attention.tray.icon.toolTip()
    later(world, 15, attention)
    assert [(notice.title, notice.body) for notice in desktop.ever] == [("This window has no server", NONE_WORKS)]


def test_a_listener_that_never_ran_is_no_loss(world: World, attention: OperatorAlerts) -> None:
    """As beside a server that is just starting."""
    health = world.desk.health
    since = {key: at for key, at in health.state.since.items() if key != "listener"}
    health.state = replace(health.state, listener_url="", since=since)
    later(world, 600, attention)
    assert not attention.tray.silence.isEnabled()


def test_the_tray_shows_what_the_lamp_shows(
    qtbot: QtBot, world: World, window: MainWindow, attention: OperatorAlerts
) -> None:
    tray, lamp = attention.tray.icon, window.status_bar.listener

    def picture() -> object:
        return tray.icon().pixmap(SIDE).toImage()

    world.publish(ListenerChanged(""))
    qtbot.waitUntil(lambda: tray.toolTip() == "wxdesk · Nothing listens on this machine at the moment.")
    assert (lamp.role, lamp.accessibleName()) == ("failed", "Nothing listens on this machine at the moment.")
    assert picture() == pixmap("warning", "failed", SIDE).toImage()
    attention.tray.pause.trigger()
    qtbot.waitUntil(lambda: world.desk.health.state.paused)
    qtbot.waitUntil(lambda: attention.tray.pause.text() == "Resume automatic replies")
    assert tray.toolTip() == "wxdesk · paused · Nothing listens on this machine at the moment."
    assert picture() == pixmap("warning", "failed", SIDE).toImage()
    lamp.show_state("accent", "Listening on 127.0.0.1:8765")
    attention._follow()
    assert tray.toolTip() == "wxdesk · paused · Listening on 127.0.0.1:8765"
    assert picture() == pixmap("pause", "pending", SIDE).toImage()
    attention.tray.pause.trigger()
    qtbot.waitUntil(lambda: attention.tray.pause.text() == "Pause automatic replies")
    lamp.show_state("accent", "Listening on 127.0.0.1:8765")
    attention._follow()
    assert picture() == program_icon().pixmap(SIDE).toImage(), "seen on a dark panel beside a light window, too"
