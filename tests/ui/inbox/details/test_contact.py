"""The customer's name and note: where the cursor goes, and what a colleague writes at the same time."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.inbox.composer.test_switching_conversations import unreadable
from tests.ui.world import World
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow

type Open = Callable[[int], None]

FIRST = "oCustomer0000000000000001"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_after_naming_a_customer_one_goes_on_in_the_reply(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, key: Qt.Key
) -> None:
    opened(world.say(FIRST, "hello"))
    alias = page.detail.contact.alias
    alias.setFocus()
    qtbot.keyClicks(alias, "Wang")
    qtbot.keyClick(alias, key)
    assert page.chat.composer.edit.hasFocus()
    assert alias.text() == ("Wang" if key is Qt.Key.Key_Return else "")


def test_a_note_that_a_colleague_wrote_at_the_same_time_stays(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open
) -> None:
    conversation_id = world.say(FIRST, "hello")
    opened(conversation_id)
    note = page.detail.contact.note
    note.setFocus()
    qtbot.keyClicks(note, "owes us 30")
    world.call(world.desk.conversations.describe(conversation_id, ContactChange(note="likes tea")))
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert note.toPlainText() == "owes us 30", "what is being written is left alone"
    page.chat.composer.edit.setFocus()
    qtbot.waitUntil(lambda: note.toPlainText() == "owes us 30\nlikes tea")
    assert world.call(world.store.conversations.get(conversation_id)).contact.note == "owes us 30\nlikes tea"


@pytest.mark.expects_log("database error")
def test_a_note_that_could_not_be_stored_is_kept_and_stored_later(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge
) -> None:
    conversation_id = world.say(FIRST, "hello")
    window.inbox.open_conversation(conversation_id)
    qtbot.waitUntil(lambda: window.inbox.session.row is not None and bridge.is_idle)
    note = window.inbox.detail.contact.note
    with unreadable(world, "contacts"):
        note.setPlainText("owes us 30")
        window.inbox.detail.contact.save_unfinished()
        qtbot.waitUntil(lambda: bridge.is_idle)
        window.inbox.detail.contact.tags.show_tags(("vip",))
        window.inbox.detail.contact.save_unfinished()
        qtbot.waitUntil(lambda: bridge.is_idle)
    bars = window.notices.bars
    [words] = [text for key, text in bars.texts().items() if key == f"contact:{conversation_id}"]
    assert words.startswith("A customer's details were not saved: ")
    *_, again = [button for button in bars.findChildren(QPushButton) if button.text() == "Save them now"]  # some may go
    again.click()
    qtbot.waitUntil(lambda: world.call(world.store.conversations.get(conversation_id)).contact.tags == ("vip",))
    assert world.call(world.store.conversations.get(conversation_id)).contact.note == "owes us 30"
    qtbot.waitUntil(lambda: note.toPlainText() == "owes us 30" and f"contact:{conversation_id}" not in bars.texts())


@pytest.mark.expects_log("database error")
def test_what_could_not_be_read_does_not_sound_like_a_reply_that_was_not_sent(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge
) -> None:
    conversation_id = world.say(FIRST, "hello")
    with unreadable(world, "messages"):
        window.inbox.open_conversation(conversation_id)
        qtbot.waitUntil(lambda: window.inbox.session.visit.failed and bridge.is_idle)
    assert window.notices._toast._label.full_text().startswith("What is shown may be old: ")
