"""A window that opens again shows what the last one showed, and reads nothing by itself."""

from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from tests.ui.inbox.conftest import shown_messages
from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.model.conversation import Narrowing, SavedView
from wxdesk.ui.look.appearance import Appearance
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.runtime.memory import WindowMemory
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.notices import WindowBridge

WANG, LI = "oW7hT5dQmZ0xKfLr2sVnB8yE4c31", "oW7hT5b8VyHq3LmDs0fKc7XjPo2E"

type Again = Callable[..., MainWindow]


@pytest.fixture
def again(
    qtbot: QtBot, window: MainWindow, bridge: WindowBridge, facts: InstallationFacts, appearance: Appearance
) -> Again:
    """Close the window, and open the next one in front; what is given replaces what it remembers."""

    def open_again(**remembered: str | int) -> MainWindow:
        window.finish()
        WindowMemory(facts.home).keep(remembered)
        after = MainWindow(bridge, facts, appearance)
        qtbot.addWidget(after, before_close_func=lambda _: after.finish())
        after.show()
        after.activateWindow()
        qtbot.waitUntil(lambda: after.isActiveWindow() and bridge.is_idle)
        return after

    return open_again


def _open(qtbot: QtBot, window: MainWindow, conversation_id: int) -> None:
    window.open_conversation(conversation_id)
    qtbot.waitUntil(lambda: not window.inbox.session.visit.fresh)


@pytest.mark.parametrize("page", ["inbox", "rules", "settings"])
def test_the_next_window_shows_the_same_page_and_conversation(
    qtbot: QtBot, window: MainWindow, world: World, again: Again, page: str
) -> None:
    world.say(LI, "hello")
    _open(qtbot, window, shown := world.say(WANG, "hello"))
    window.show_page(window.page_names.index(page))
    after = again()
    assert after.page_names[after.stack.currentIndex()] == page
    qtbot.waitUntil(lambda: after.inbox.session.conversation_id == shown and not after.inbox.session.visit.fresh)
    assert [index.row() for index in after.inbox.list.view.selectedIndexes()] == [0]


def test_what_opened_by_itself_is_unread_until_somebody_is_there(
    qtbot: QtBot, window: MainWindow, world: World, again: Again, bridge: WindowBridge
) -> None:
    _open(qtbot, window, conversation_id := world.say(WANG, "hello"))

    def unread() -> int:
        [row] = world.call(world.desk.inbox.rows([conversation_id]))
        return row.conversation.unread

    window.activateWindow()
    qtbot.waitUntil(lambda: unread() == 0)
    window.hide()
    world.say(WANG, "and while it was closed")
    after = again()
    qtbot.waitUntil(lambda: not after.inbox.session.visit.fresh and bridge.is_idle)
    world.say(WANG, "and while nobody looks")
    qtbot.waitUntil(lambda: len(shown_messages(after.inbox)) == 3 and bridge.is_idle)
    assert unread() == 2
    qtbot.keyClick(after.windowHandle(), Qt.Key.Key_Shift)
    qtbot.waitUntil(lambda: unread() == 0)


def test_nothing_opens_in_place_of_a_conversation_that_is_gone(world: World, window: MainWindow, again: Again) -> None:
    world.say(WANG, "hello")
    told = set(window.notices.bars.texts())
    after = again(conversation=99, page="one of another version")
    assert after.inbox.session.conversation_id is None
    assert after.page_names[after.stack.currentIndex()] == "inbox"
    assert set(after.notices.bars.texts()) <= told | {"meanwhile"}


@pytest.mark.parametrize("height", [740, 560])
def test_another_language_leaves_the_settings_where_they_were(
    qtbot: QtBot,
    window: MainWindow,
    world: World,
    bridge: WindowBridge,
    again: Again,
    request: pytest.FixtureRequest,
    height: int,
) -> None:
    request.addfinalizer(lambda: i18n.use("en"))

    def language(shown: MainWindow, index: int) -> QAbstractButton:
        return shown.pages.settings.widget.looks.languages.buttons()[index]

    def top(shown: MainWindow) -> int:
        return language(shown, 0).mapTo(shown.pages.settings.widget.area.viewport(), QPoint()).y()

    _open(qtbot, window, world.say(WANG, "hello"))
    window.resize(780, height)
    window.show_settings()
    qtbot.waitUntil(lambda: bridge.is_idle)
    window.pages.settings.widget.area.ensureWidgetVisible(language(window, 0), 0, 30)
    before = top(window)
    qtbot.mouseClick(language(window, 0), Qt.MouseButton.LeftButton)
    i18n.use("zh_CN")
    after = again()
    qtbot.waitUntil(lambda: abs(top(after) - before) <= 1 and bridge.is_idle)
    qtbot.waitUntil(lambda: not after.inbox.session.visit.fresh and bridge.is_idle)
    assert after.focusWidget() is language(after, 0)
    assert after.pages.settings.widget.area.verticalScrollBar().value() > 0
    after.show_page(0)
    assert after.focusWidget() is after.inbox.chat.composer.edit


def test_the_list_shows_the_same_again_unless_that_hides_the_open_conversation(
    qtbot: QtBot, window: MainWindow, world: World, again: Again, bridge: WindowBridge
) -> None:
    _open(qtbot, window, shown := world.say(WANG, "hello"))
    window.inbox.list.chips.choose(InboxFilter.WAITING)
    window.inbox.list.scope.narrow(Narrowing(account="shop", days=7))
    after = again()
    qtbot.waitUntil(lambda: after.inbox.session.conversation_id == shown and bridge.is_idle)
    assert after.inbox.list.chips.by_filter[InboxFilter.WAITING].isChecked()
    assert after.inbox.list.scope.view == SavedView("", "waiting", Narrowing(account="shop", days=7))
    assert [row.conversation.id for row in after.inbox.list.model.rows()] == [shown]


@pytest.mark.parametrize(
    "view",
    [
        SavedView("", "failed", Narrowing()),
        SavedView("", "waiting", Narrowing(tag="VIP")),
        SavedView("", "waiting", Narrowing(account="gone")),
        "{",
        '{"name": "", "chosen": "of another version", "narrowing": {}}',
    ],
)
def test_a_view_that_would_hide_the_open_conversation_or_is_none_is_not_shown(
    qtbot: QtBot, window: MainWindow, world: World, again: Again, bridge: WindowBridge, view: SavedView | str
) -> None:
    _open(qtbot, window, shown := world.say(WANG, "hello"))
    after = again(view=view if isinstance(view, str) else msgspec.json.encode(view).decode())
    qtbot.waitUntil(lambda: after.inbox.session.conversation_id == shown and bridge.is_idle)
    assert after.inbox.list.scope.view == SavedView("", "all", Narrowing())
