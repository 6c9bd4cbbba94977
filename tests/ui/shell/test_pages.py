"""The pages of the window, which are built when they are first needed."""

import os
import subprocess
import sys

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.ui.look.appearance import Appearance
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.runtime.memory import WindowMemory
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.notices import WindowBridge

IMPORTED = """
import sys, wxdesk.ui.window
print(*(name for name in sys.modules if name.startswith("wxdesk.ui.") and name.endswith(".page")))
"""


def test_a_window_starts_with_the_page_that_it_shows(window: MainWindow) -> None:
    assert [page.name for page in window.pages.all if page.built is not None] == ["inbox"]
    for index, page in enumerate(window.pages.all):
        window.show_page(index)
        assert window.stack.currentWidget() is page.built
        assert window.stack.currentIndex() == index
    assert window.stack.count() == len(window.pages.all)


def test_the_rail_counts_what_is_unread_also_where_the_set_up_comes_first(
    qtbot: QtBot, world: World, bridge: WindowBridge, facts: InstallationFacts, appearance: Appearance
) -> None:
    world.say("oCustomer0000000000000001", "hello")
    WindowMemory(facts.home).keep_place("setup", None, "", world.clock())
    qtbot.waitUntil(lambda: bridge.is_idle)  # so that nothing that is told leads to a count
    window = MainWindow(bridge, facts, appearance)
    qtbot.addWidget(window, before_close_func=lambda _: window.finish())
    window.show()
    assert window.stack.currentWidget() is window.pages.guide.built
    qtbot.waitUntil(lambda: window.rail.items[0].badge == 1)


def test_modules_of_other_pages_are_not_imported_before_they_are_shown() -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", IMPORTED], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["wxdesk.ui.inbox.page"]


def test_a_page_is_built_without_another_window_and_leaves_the_keyboard_where_it_was(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    search = window.inbox.list.search
    search.setFocus()
    shown = ShownWindows()
    application = QApplication.instance()
    assert application is not None
    application.installEventFilter(shown)
    for page in window.pages.all:
        assert page.widget is page.built
    QApplication.processEvents()
    application.removeEventFilter(shown)
    assert shown.names == []
    assert QApplication.focusWidget() is search


class ShownWindows(QObject):
    """Notes each top-level widget that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def eventFilter(self, what: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(what, QWidget) and what.isWindow():
            self.names.append(type(what).__name__)
        return False
