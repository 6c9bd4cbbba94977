"""The customer sees typing while the operator types."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.templates import Template
from wxdesk.ui.inbox.composer.message_field import MessageEdit
from wxdesk.ui.inbox.page import InboxPage

type Open = Callable[[int], None]

FIRST, SECOND = "oCustomer0000000000000001", "oCustomer0000000000000002"


def sees_typing(world: World, openid: str) -> bool:
    sandbox = world.sandbox
    contact = sandbox.platform.contact(sandbox.platform.program(), openid)
    return contact.allowance.typing(sandbox.clock())


def test_the_customer_sees_typing_until_the_text_is_deleted(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    opened(world.say(FIRST, "在吗"))
    edit = page.chat.composer.edit
    assert not sees_typing(world, FIRST)
    qtbot.keyClicks(edit, "x")
    qtbot.waitUntil(lambda: sees_typing(world, FIRST))
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: not sees_typing(world, FIRST))


def test_leaving_a_begun_text_ends_typing(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    other = world.say(SECOND, "你好")
    opened(world.say(FIRST, "在吗"))
    qtbot.keyClicks(page.chat.composer.edit, "x")
    qtbot.waitUntil(lambda: sees_typing(world, FIRST))
    opened(other)
    qtbot.waitUntil(lambda: not sees_typing(world, FIRST))
    assert not sees_typing(world, SECOND)


def test_what_is_sent_ends_typing(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    """Else the next reply of a rule would wait for a minute, because the operator "is typing"."""
    chat = world.say(FIRST, "hello")
    opened(chat)
    edit = page.chat.composer.edit
    qtbot.keyClicks(edit, "Hello")
    qtbot.waitUntil(lambda: chat in world.desk.typing.written_in)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: chat not in world.desk.typing.written_in)
    assert edit.toPlainText() == ""


def test_only_the_operators_own_input_is_typing(qtbot: QtBot) -> None:
    edit = MessageEdit()
    qtbot.addWidget(edit)
    told: list[str] = []
    edit.typed.connect(lambda: told.append("typed"))
    edit.emptied.connect(lambda: told.append("emptied"))
    edit.setPlainText(Template(1, "t", "a draft that comes back").body)
    edit.clear()
    assert told == []
    qtbot.keyClicks(edit, "ab")
    QTest.keyClick(edit, Qt.Key.Key_Left)
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    assert told == ["typed", "typed", "typed", "emptied"]
