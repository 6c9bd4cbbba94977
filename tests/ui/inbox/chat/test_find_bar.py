"""Ctrl+F finds within the open conversation, and its keys lead from hit to hit, also to what was not read yet."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.inbox.conftest import texts
from tests.ui.inbox.timeline.test_long_timeline import write_many
from tests.ui.world import World
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge

type Open = Callable[[int], None]

FIRST, SECOND = "oCustomer0000000000000001", "oCustomer0000000000000002"
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_hits_are_counted_marked_and_stepped_through(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, bridge: Bridge
) -> None:
    opened(world.call(write_many(world, 400)))
    bar, bubbles = page.chat.find_bar, page.chat.timeline.bubbles

    def shown(place: str, number: int) -> None:
        qtbot.waitUntil(lambda: bar.count.full_text() == place)
        qtbot.waitUntil(lambda: bridge.is_idle and _text_of(page, bubbles.marked) == f"message {number}")
        assert bar.field.hasFocus()

    qtbot.keyClick(page, Qt.Key.Key_F, CTRL)
    qtbot.waitUntil(bar.field.hasFocus)
    qtbot.keyClicks(bar.field, "message 39")
    shown("1 / 11", 399)
    assert bubbles.phrase == "message 39"
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    shown("2 / 11", 398)
    qtbot.keyClick(bar.field, Qt.Key.Key_Return, SHIFT)
    qtbot.keyClick(bar.field, Qt.Key.Key_G, CTRL | SHIFT)
    assert "message 39" not in texts(page)  # it has not been read yet
    shown("11 / 11", 39)
    qtbot.keyClick(bar.field, Qt.Key.Key_G, CTRL)
    shown("1 / 11", 399)
    bar.field.setText("nobody said this")
    qtbot.waitUntil(lambda: bar.count.full_text() == "Nothing found")
    assert not bar.older.isEnabled()
    assert bubbles.marked == "", "a frame says that it is found"

    bar.field.setText("message 39")
    shown("1 / 11", 399)
    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
    qtbot.waitUntil(page.chat.composer.edit.hasFocus)
    assert not bar.isVisible()
    assert bubbles.phrase == bubbles.marked == ""


def test_a_hit_before_a_long_silence_stays_in_sight(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, bridge: Bridge
) -> None:
    opened(world.call(write_many(world, 400)))
    bar, timeline, model = page.chat.find_bar, page.chat.timeline, page.session.model
    qtbot.keyClick(page, Qt.Key.Key_F, CTRL)
    qtbot.waitUntil(bar.field.hasFocus)
    qtbot.keyClicks(bar.field, "message 199")
    qtbot.waitUntil(lambda: bar.count.full_text() == "1 / 1")
    qtbot.waitUntil(lambda: bridge.is_idle and _text_of(page, timeline.bubbles.marked) == "message 199")
    row = model.row_of(timeline.bubbles.marked)
    assert row >= 0
    assert timeline.viewport().rect().intersects(timeline.visualRect(model.index(row)))
    assert not page.session.known.to_end, "what came later was not read to the end"
    timeline.scrollToBottom()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert not page.session.known.to_end, "one page at a time"
    assert timeline.jump.text() == "To the newest"


def test_new_messages_are_counted_and_another_conversation_closes_the_bar(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    first, second = world.say(FIRST, "退款"), world.say(SECOND, "你好")
    opened(first)
    bar = page.chat.find_bar
    bar.open()
    bar.field.setText("退")
    qtbot.waitUntil(lambda: bar.count.full_text() == "1 / 1")
    world.say(FIRST, "退了吗")
    qtbot.waitUntil(lambda: bar.count.full_text() == "2 / 2")  # the one that was looked at stays
    opened(second)
    assert not bar.isVisible()
    assert bar.field.text() == ""
    bar.open()
    assert bar.isVisible()


def _text_of(page: InboxPage, key: str) -> str:
    entry = page.session.model.record(key)
    return "" if entry is None else entry.text
