"""Keys drawn on a bubble work from an empty reply, and neither focus nor paste lands where nobody chose."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.inbox.conftest import HOURS, shown_reply
from tests.ui.world import World, open_world
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.ui.inbox.lists import READABLE
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.row_list import RECORD

type Open = Callable[[int], None]

LI, WANG = "oCustomer0000000000000001", "oCustomer0000000000000002"
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, ReplyMode.HOLD, HandClock()) as made:
        made.call(made.desk.rules.rulebook.save(HOURS))
        yield made


@pytest.fixture
def held(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> Reply:
    """An open conversation with a held reply, seen for long enough, and the cursor in the empty reply."""
    opened(world.say(LI, "opening?"))
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.HELD) is not None)
    qtbot.waitUntil(lambda: page.chat.composer.edit.hasFocus())
    world.move_to(START + READABLE)
    reply = shown_reply(page, ReplyState.HELD)
    assert reply is not None
    return reply


def keyed(page: InboxPage) -> str:
    return page.chat.timeline.bubbles.keyed


@pytest.mark.parametrize(
    ("key", "state"), [(Qt.Key.Key_Return, ReplyState.SENT), (Qt.Key.Key_Escape, ReplyState.CANCELLED)]
)
def test_the_keys_of_the_last_bubble_work_from_an_empty_reply(
    qtbot: QtBot, world: World, page: InboxPage, held: Reply, key: Qt.Key, state: ReplyState
) -> None:
    assert keyed(page) == f"r{held.id}"
    qtbot.keyClick(page.chat.composer.edit, key)
    world.wait_until(held.id, lambda reply: reply.state is state)


def test_a_text_has_its_own_keys_and_the_bubble_shows_none(
    qtbot: QtBot, world: World, page: InboxPage, held: Reply
) -> None:
    edit = page.chat.composer.edit
    qtbot.keyClicks(edit, "hi")
    assert keyed(page) == ""
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    qtbot.keyClick(edit, Qt.Key.Key_Return)  # sends the text
    qtbot.waitUntil(lambda: edit.toPlainText() == "")
    qtbot.keyClick(edit, Qt.Key.Key_Return)  # once too often, within a second
    qtbot.waitUntil(lambda: page.session.known.in_order()[-1].at >= START + READABLE)
    assert world.call(world.store.replies.get(held.id)).state is ReplyState.DRAFT


def test_a_button_without_its_key_has_its_word_in_the_middle(qtbot: QtBot, page: InboxPage, held: Reply) -> None:
    qtbot.keyClicks(page.chat.composer.edit, "hi")
    qtbot.waitUntil(lambda: keyed(page) == "")
    view = page.chat.timeline
    row = page.session.model.row_of(f"r{held.id}")
    assert row >= 0
    index = page.session.model.index(row)
    at = view.visualRect(index).topLeft()
    layout = view.bubbles.layout_of(index.data(RECORD))
    shot = view.viewport().grab().toImage()
    for placed in layout.buttons:
        button = placed.rect.translated(at).toRect().adjusted(9, 4, -9, -4)
        ground = shot.pixel(button.topLeft())
        inked = [
            x
            for x in range(button.left(), button.right() + 1)
            if any(shot.pixel(x, y) != ground for y in range(button.top(), button.bottom() + 1))
        ]
        assert abs((inked[0] - button.left()) - (button.right() - inked[-1])) <= 3, placed.offer.text


def test_while_a_reply_is_changed_esc_is_drawn_once(qtbot: QtBot, page: InboxPage, held: Reply) -> None:
    leave = page.chat.composer.line.leave
    qtbot.keyClick(page.chat.composer.edit, Qt.Key.Key_E, CTRL)
    qtbot.waitUntil(lambda: page.chat.composer.editing is not None)
    assert (keyed(page), leave.width_for("Esc")) == ("", leave.sizeHint().width())
    page.chat.timeline.focus_last()
    qtbot.waitUntil(lambda: keyed(page) == f"r{held.id}")
    assert leave.sizeHint().width() == leave.width_for("")


@pytest.mark.parametrize("place", ["timeline", "list", "strip"])
def test_text_pasted_elsewhere_goes_into_the_reply(qtbot: QtBot, page: InboxPage, held: Reply, place: str) -> None:
    if place == "strip":
        page.list.strip.toggle()
    views = {"timeline": page.chat.timeline, "list": page.list.view, "strip": page.list.strip.view}
    views[place].setFocus()
    QGuiApplication.clipboard().setText("from elsewhere")
    qtbot.keyClick(views[place], Qt.Key.Key_V, CTRL)
    qtbot.waitUntil(lambda: page.chat.composer.text() == "from elsewhere")
    assert page.chat.composer.edit.hasFocus()


def test_the_list_shows_a_ring_while_it_has_the_keyboard_however_it_came_there(page: InboxPage, held: Reply) -> None:
    view = page.list.view
    view.setFocus(Qt.FocusReason.PopupFocusReason)  # as a menu leaves it there
    ringed = view.grab().toImage()
    page.chat.composer.edit.setFocus()
    assert view.grab().toImage() != ringed


def test_a_bubble_shows_its_keys_only_while_they_are_its_own(
    qtbot: QtBot, page: InboxPage, held: Reply, bridge: Bridge
) -> None:
    edit = page.chat.composer.edit
    given_up = QSignalSpy(edit.emptied)
    QApplication.sendEvent(edit, QInputMethodEvent("ni", []))
    assert (keyed(page), given_up.count()) == ("", 0), "Enter and Esc belong to the input method"
    QApplication.sendEvent(edit, QInputMethodEvent("", []))
    assert (keyed(page), given_up.count()) == (f"r{held.id}", 1), "the reply need not wait for more words"
    qtbot.keyClick(edit, Qt.Key.Key_Escape)  # once more than the input method needed
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert shown_reply(page, ReplyState.CANCELLED) is None


@pytest.mark.parametrize("place", ["timeline", "list"])
def test_a_key_pressed_elsewhere_does_in_the_reply_what_it_does_there(
    qtbot: QtBot, page: InboxPage, held: Reply, place: str
) -> None:
    view = {"timeline": page.chat.timeline, "list": page.list.view}[place]
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Slash)
    assert page.chat.writing.templates.picker.isVisible()
    qtbot.keyClick(page.chat.writing.templates.picker.field, Qt.Key.Key_Escape)
    view.setFocus()
    with qtbot.waitSignal(page.chat.composer.edit.typed):  # which holds the automatic reply back
        qtbot.keyClick(view, Qt.Key.Key_A)
    assert page.chat.composer.text() == "a"


def test_after_the_strips_last_row_one_goes_on_in_the_reply(
    qtbot: QtBot, world: World, page: InboxPage, held: Reply
) -> None:
    page.list.strip.toggle()
    qtbot.waitUntil(lambda: page.list.strip.view.hasFocus())
    qtbot.keyClick(page.list.strip.view, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(page.list.strip.isHidden)
    assert QApplication.focusWidget() is page.chat.composer.edit


def test_after_sending_all_one_goes_on_in_the_reply(qtbot: QtBot, world: World, page: InboxPage, held: Reply) -> None:
    world.say("oCustomer0000000000000002", "opening?")
    qtbot.waitUntil(lambda: page.list.strip.model.rowCount() == 2 and page.list.strip.send.isVisible())
    qtbot.mouseClick(page.list.strip.send, Qt.MouseButton.LeftButton)
    [asked] = page.window().findChildren(ConfirmDialog)
    qtbot.mouseClick(asked.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.list.strip.isHidden)
    page.window().activateWindow()  # as a desktop does once the question is gone
    qtbot.waitUntil(page.window().isActiveWindow)
    focused = QApplication.focusWidget()
    assert focused is not None
    qtbot.keyClicks(focused, "hao")
    qtbot.waitUntil(lambda: page.chat.composer.text() == "hao")


def test_a_bubble_that_came_by_itself_is_not_sent_by_the_key_of_that_moment(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    opened(world.say(LI, "hello"))
    qtbot.waitUntil(lambda: page.chat.composer.edit.hasFocus())
    world.say(LI, "opening?")
    qtbot.waitUntil(lambda: keyed(page) != "")
    qtbot.keyClick(page.chat.composer.edit, Qt.Key.Key_Return)
    world.move_to(START + timedelta(seconds=2))
    assert shown_reply(page, ReplyState.HELD) is not None
    qtbot.keyClick(page.chat.composer.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.SENT) is not None)
