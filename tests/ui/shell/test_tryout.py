"""Who has no account yet tries it out on a simulated WeChat, and comes back to a desk on which nothing has changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.prepared import prepare
from wxdesk import desktop
from wxdesk.app import OpenDesk, open_desk
from wxdesk.config.reading import Config, ListenerSettings
from wxdesk.desk.settings.configuration import Setup
from wxdesk.runner import DeskThread
from wxdesk.ui.look.appearance import Appearance
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.settings.page import SettingsPage
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.window import TryoutSwitch

START_MS = 20_000


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[DeskThread[OpenDesk]]:
    """A desk without an account, as a first start has it."""
    prepare(tmp_path)
    thread = DeskThread(open_desk(Setup(tmp_path, Config(ListenerSettings(port=0)))))
    yield thread
    assert thread.stop()


@pytest.fixture
def own(qtbot: QtBot, empty: DeskThread[OpenDesk], appearance: Appearance) -> Iterator[tuple[MainWindow, TryoutSwitch]]:
    bridge = WindowBridge(empty.desk, empty.loop)
    bridge.connect_to_bus()
    window = MainWindow(bridge, InstallationFacts(empty.opened.desk.configuration.now.home), appearance)
    switch = TryoutSwitch(window, bridge, appearance, desktop._tryout)
    window.show()
    yield window, switch
    switch.leave()
    bridge.close()
    switch.close()
    switch.deleteLater()
    bridge.deleteLater()
    window.finish()
    window.deleteLater()


def _begin(qtbot: QtBot, window: MainWindow, switch: TryoutSwitch) -> tuple[Bridge, MainWindow]:
    window.show_settings()
    [page] = window.findChildren(SettingsPage)
    qtbot.mouseClick(page.empty.tryout, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: switch.shown is not None, timeout=START_MS)
    assert switch.shown is not None
    return switch.shown


def test_simulated_customers_write_and_are_answered_until_one_goes_back(
    qtbot: QtBot, empty: DeskThread[OpenDesk], own: tuple[MainWindow, TryoutSwitch]
) -> None:
    window, switch = own
    before = sorted(path.name for path in empty.opened.desk.configuration.now.home.iterdir())
    _, other = _begin(qtbot, window, switch)
    assert other.isVisible()
    assert not window.isVisible()
    assert other.tryout_bar.isVisible()
    assert "simulator" in other.page_names
    qtbot.waitUntil(lambda: other.inbox.list.model.rowCount() > 0, timeout=START_MS)
    qtbot.mouseClick(other.tryout_bar.back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.isVisible() and switch.shown is None)
    assert empty.call(empty.desk.inbox.counts()).unread == 0
    assert empty.desk.health.state.listener_url
    assert sorted(path.name for path in empty.opened.desk.configuration.now.home.iterdir()) == before


def test_closing_the_simulated_desk_closes_no_real_one_and_it_can_be_tried_again(
    qtbot: QtBot, own: tuple[MainWindow, TryoutSwitch]
) -> None:
    window, switch = own
    _, other = _begin(qtbot, window, switch)
    other.close()
    qtbot.waitUntil(lambda: window.isVisible() and switch.shown is None)
    qtbot.waitUntil(lambda: switch._running is None, timeout=START_MS)
    _begin(qtbot, window, switch)
    assert [one.isVisible() for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow)].count(True) == 1
