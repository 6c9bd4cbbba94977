"""Emoticons by name and words of the chat, put into the reply by keyboard."""

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.model.reply import ReplyKind
from wxdesk.ui.inbox.composer.panels.content import Popup
from wxdesk.ui.inbox.page import InboxPage

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def test_an_emoticon_is_found_by_name_inserted_and_first_next_time(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None]
) -> None:
    opened(world.say("oCustomer0000000000000001", "hello"))
    edit, picker = page.chat.composer.edit, page.chat.writing.templates.emoticons
    edit.insert("Thanks ")
    page.window().activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    qtbot.keyClick(edit, Qt.Key.Key_E, CTRL_SHIFT)
    assert picker.field.hasFocus()
    assert picker.list.count() >= 100, "all of them"
    qtbot.keyClicks(picker.field, "rose")
    rows = [picker.list.item(row).text() for row in range(picker.list.count())]
    assert rows[0] == "[Rose]"
    assert picker.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole) == "[Rose]  /:rose"
    assert "/:rose" in picker.list.item(0).toolTip()
    qtbot.keyClick(picker.field, Qt.Key.Key_Return)
    assert (edit.toPlainText(), edit.hasFocus()) == ("Thanks /:rose", True)
    page.chat.composer.tools.emoticon.click()
    assert picker.list.item(0).text() == rows[0]
    picker.field.setText("大哭")
    qtbot.keyClick(picker.field, Qt.Key.Key_Return)
    assert edit.toPlainText() == "Thanks /:rose/::'("


def test_the_emoticons_lie_in_a_grid_that_the_arrows_cross(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None]
) -> None:
    opened(world.say("oCustomer0000000000000001", "hello"))
    picker = page.chat.writing.templates.emoticons
    page.chat.writing.templates.open_emoticons()
    places = [picker.list.visualItemRect(picker.list.item(row)) for row in range(12)]
    across = sum(place.y() == places[0].y() for place in places)
    assert across >= 4
    below = next(row for row, place in enumerate(places) if place.y() > places[0].y() and place.x() == places[0].x())
    for key, row in (("Down", below), ("Right", below + 1), ("Up", 1), ("Left", 0), ("Left", 0)):
        qtbot.keyClick(picker.field, getattr(Qt.Key, f"Key_{key}"))
        assert picker.list.currentRow() == row, key
    picker.field.setText("rose")
    assert picker.height() < 4 * places[0].height(), "no higher than what was found"


def test_cells_as_narrow_as_chinese_names_fill_the_line(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(world.say("oCustomer0000000000000001", "hello"))
    picker = page.chat.writing.templates.emoticons
    monkeypatch.setattr(picker, "_cell", 72)
    page.chat.writing.templates.open_emoticons()
    lefts = sorted({picker.list.visualItemRect(picker.list.item(row)).x() for row in range(12)})
    room = picker.list.viewport().width()
    assert room - lefts[-1] - (lefts[1] - lefts[0]) < 12, "a gap at the right"


def test_words_of_the_chat_are_copied_and_quoted_on_a_line_of_their_own(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None]
) -> None:
    opened(world.say("oCustomer0000000000000001", "Is it <b>red</b>?"))
    edit, view = page.chat.composer.edit, page.chat.timeline
    edit.insert("Yes")
    view.focus_last()
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Is it <b>red</b>?"
    qtbot.keyClick(view, Qt.Key.Key_C, CTRL_SHIFT)
    assert edit.toPlainText() == "Yes\n「Is it <b>red</b>?」\n"
    assert edit.hasFocus()


def test_one_thing_is_open_above_the_reply(world: World, page: InboxPage, opened: Callable[[int], None]) -> None:
    opened(world.say("oCustomer0000000000000001", "hello"))
    templates, panels = page.chat.writing.templates, page.chat.writing.panels
    shows: list[Callable[[], object]] = [
        templates.open_emoticons,
        templates.open_picker,
        panels.open_text_link,
        partial(panels.open, ReplyKind.CARD),
    ]
    for show in (*shows, *reversed(shows)):
        show()
        assert sum(popup.isVisible() for popup in page.findChildren(Popup)) == 1
    opened(world.say("oCustomer0000000000000002", "hi"))
    assert not any(popup.isVisible() for popup in page.findChildren(Popup))
