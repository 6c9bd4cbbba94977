"""The journey to the screen and back: a push over HTTP becomes a bubble, what the operator types reaches WeChat."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.flow.conftest import RULES
from tests.ui.world import World, open_world
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.model.reply import ReplyState
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.look import fonts
from wxdesk.ui.look.appearance import Appearance, Look
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.runtime.loop import GarbageCollector
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.notices import WindowBridge


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A desk with a few rules, and the simulated WeChat in front of it."""
    with open_world(tmp_path) as opened:
        opened.call(opened.desk.rules.exchange.take_in(RULES, "rules.toml"))
        yield opened


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, world: World) -> Iterator[MainWindow]:
    """The program's window on that desk."""
    fonts.install(qapp)
    qapp.setQuitOnLastWindowClosed(False)
    garbage = GarbageCollector(qapp)
    appearance = Appearance(qapp, Look.LIGHT)
    bridge = WindowBridge(world.desk, world.loop)
    bridge.connect_to_bus()
    made = MainWindow(bridge, InstallationFacts(world.home), appearance)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    bridge.close()
    made.finish()
    made.deleteLater()
    bridge.deleteLater()
    appearance.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    garbage.stop()
    garbage.deleteLater()


def _inbox(window: MainWindow) -> InboxPage:
    return window.pages.inbox.widget


def _visible_texts(page: InboxPage) -> list[str]:
    """What stands in the bubbles that are on the screen now."""
    view, model = page.chat.timeline, page.chat.timeline.model()
    indexes = [model.index(row, 0) for row in range(model.rowCount())]
    seen = [index for index in indexes if view.viewport().rect().intersects(view.visualRect(index))]
    return [str(index.data(Qt.ItemDataRole.DisplayRole)) for index in seen]


def test_a_push_becomes_a_bubble_and_what_is_typed_reaches_wechat(
    qtbot: QtBot, world: World, window: MainWindow
) -> None:
    page = _inbox(window)
    conversation_id = world.say(LI_LEI.openid, "请问几点关门")
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 1)
    page.open_conversation(conversation_id)
    qtbot.waitUntil(lambda: any("请问几点关门" in text for text in _visible_texts(page)))
    qtbot.waitUntil(lambda: any("我们 9:00–21:00 营业。" in text for text in _visible_texts(page)))

    blank = page.chat.timeline.grab().toImage()
    page.chat.composer.edit.setFocus()
    qtbot.keyClicks(page.chat.composer.edit, "See you tomorrow!")
    qtbot.keyClick(page.chat.composer.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [sent.text for sent in world.sandbox.sent][1:] == ["See you tomorrow!"])
    qtbot.waitUntil(lambda: any("See you tomorrow!" in text for text in _visible_texts(page)))
    assert page.chat.timeline.grab().toImage() != blank


def test_a_takeover_by_key_silences_the_rule(qtbot: QtBot, world: World, window: MainWindow) -> None:
    page = _inbox(window)
    page.open_conversation(world.say(LI_LEI.openid, "几点开门"))
    qtbot.waitUntil(lambda: any("我们 9:00–21:00 营业。" in text for text in _visible_texts(page)))
    qtbot.waitUntil(lambda: len(world.sandbox.sent) == 1)
    qtbot.keyClick(window, Qt.Key.Key_F4)
    row = lambda: world.call(world.store.inbox.page(InboxFilter.ALL))[0]  # noqa: E731
    qtbot.waitUntil(lambda: row().conversation.taken_over)
    world.say(LI_LEI.openid, "那几点关门")
    qtbot.waitUntil(lambda: any("那几点关门" in text for text in _visible_texts(page)))
    assert len(world.sandbox.sent) == 1
    last = row().last_reply
    assert last is not None
    assert last.state is ReplyState.SENT
