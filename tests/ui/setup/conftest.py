"""A newcomer with the window open: nothing configured, WeChat simulated."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.setup.newcomer import Newcomer, arriving
from wxdesk.ui.look.appearance import Appearance
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.setup.page import SetupPage
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.notices import WindowBridge


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Newcomer]:
    """A shop owner who opens wxdesk for the first time."""
    with arriving(tmp_path) as newcomer:
        yield newcomer


@pytest.fixture
def opened(qtbot: QtBot, person: Newcomer, appearance: Appearance) -> Iterator[MainWindow]:
    """The whole window on the empty desk."""
    bridge = WindowBridge(person.desk, person.thread.loop)
    bridge.connect_to_bus()
    window = MainWindow(bridge, InstallationFacts(person.home), appearance)
    window.resize(1280, 800)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.waitUntil(lambda: bridge.is_idle)
    yield window
    bridge.close()
    bridge.deleteLater()
    window.finish()
    window.deleteLater()


@pytest.fixture
def guide(opened: MainWindow) -> SetupPage:
    """The guided set-up, which has opened by itself."""
    return opened.pages.guide.widget
