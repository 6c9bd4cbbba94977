"""What is typed while a list or the timeline has the keyboard belongs into the reply, letter by letter or composed."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.inbox.conftest import shown_reply
from tests.ui.world import World
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.model.reply import ReplyState
from wxdesk.ui.inbox.lists import RowsView
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge

type Open = Callable[[int], None]
type Where = Callable[[InboxPage], RowsView]

PLACES: dict[str, Where] = {
    "list": lambda page: page.list.view,
    "held": lambda page: page.list.strip.view,
    "timeline": lambda page: page.chat.timeline,
}
where = pytest.mark.parametrize("place", PLACES.values(), ids=list(PLACES))


@pytest.fixture
def named(qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open) -> list[int]:
    """Three customers, of whom Henry's name begins like an answer does; the last is open, one reply is held."""
    made = [world.say(f"o{letter}00000000000000000001", "opening?") for letter in "ABC"]
    for at, alias in enumerate(("Walter", "Henry", "Ida")):
        world.call(world.desk.conversations.describe(made[at], ContactChange(alias=alias)))
    opened(made[2])
    qtbot.waitUntil(lambda: bridge.is_idle and not page.session.visit.fresh and len(page.held.replies.held) == 3)
    return made


@where
def test_letters_open_nobody_else(qtbot: QtBot, page: InboxPage, named: list[int], place: Where) -> None:
    page.list.strip.toggle()
    place(page).setFocus()
    for letter in "hello":
        QTest.keyClicks(QApplication.focusWidget(), letter)
    assert page.session.conversation_id == named[2]
    assert page.chat.composer.text() == "hello"


@where
def test_a_word_is_composed_in_the_reply(page: InboxPage, named: list[int], place: Where) -> None:
    page.list.strip.toggle()
    view, edit = place(page), page.chat.composer.edit
    view.setFocus()
    view.setCurrentIndex(view.model().index(0, 0))
    assert view.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    QApplication.sendEvent(view, QInputMethodEvent("ni", []))
    assert edit.composing
    assert view.hasFocus(), "a change of the focus would end it"
    caret = view.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
    assert isinstance(caret, QRectF)
    shown = edit.rect().translated(edit.mapToGlobal(edit.rect().topLeft()))
    assert shown.contains(view.mapToGlobal(caret.center()).toPoint())
    event = QInputMethodEvent("", [])
    event.setCommitString("你")
    QApplication.sendEvent(view, event)
    assert page.chat.composer.text() == "你"
    assert edit.hasFocus()


def test_a_click_opens_and_one_can_write_at_once(
    qtbot: QtBot, page: InboxPage, bridge: Bridge, named: list[int]
) -> None:
    view = page.list.view
    row = page.list.model.row_of(named[0])
    assert row >= 0
    at = view.visualRect(view.model().index(row, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.keyClicks(QApplication.focusWidget(), "ok")
    qtbot.waitUntil(lambda: bridge.is_idle and not page.session.visit.fresh)
    assert page.session.conversation_id == named[0]
    assert page.chat.composer.text() == "ok"


def test_the_arrow_keys_go_on_through_the_list(qtbot: QtBot, page: InboxPage, bridge: Bridge, named: list[int]) -> None:
    view = page.list.view
    view.setFocus()
    for _ in range(2):
        QTest.keyClick(view, Qt.Key.Key_Down)
        qtbot.waitUntil(lambda: bridge.is_idle and not page.session.visit.fresh)
        assert view.hasFocus()
    assert page.session.conversation_id == page.list.model.rows()[2].conversation.id


def test_a_key_held_down_stops_one_reply_only(qtbot: QtBot, page: InboxPage, bridge: Bridge, named: list[int]) -> None:
    timeline = page.chat.timeline
    timeline.focus_last()
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(timeline, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, none, "", autorep=True))
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert shown_reply(page, ReplyState.CANCELLED) is None
    QTest.keyClick(timeline, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.CANCELLED) is not None)
