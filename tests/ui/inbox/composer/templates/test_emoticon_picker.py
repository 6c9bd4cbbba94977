"""Emoticons by name and words of the chat, put into the reply by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.ui.world import World
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
    assert picker.list.count() == 50
    qtbot.keyClicks(picker.field, "rose")
    rows = [picker.list.item(row).text() for row in range(picker.list.count())]
    assert rows[0] == "[Rose]  玫瑰  /:rose"
    qtbot.keyClick(picker.field, Qt.Key.Key_Return)
    assert (edit.toPlainText(), edit.hasFocus()) == ("Thanks /:rose", True)
    page.chat.composer.tools.emoticon.click()
    assert picker.list.item(0).text() == rows[0]
    picker.field.setText("大哭")
    qtbot.keyClick(picker.field, Qt.Key.Key_Return)
    assert edit.toPlainText() == "Thanks /:rose/::'("


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
