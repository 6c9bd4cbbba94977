"""Closing the window loses nothing without asking: no message of a customer, and nothing half written."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.events import ListenerChanged
from wxdesk.core.preferences import OnClose, Preferences
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.leaving import LeavingDialog
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog, LeaveDialog

LI, WANG = "oLI00000000000000000001", "oWANG00000000000000000001"


@pytest.fixture
def closed(window: MainWindow) -> list[str]:
    """Filled once the window may close."""
    heard: list[str] = []
    window.closing.connect(lambda: heard.append("closing"))
    return heard


@pytest.fixture
def half_written(qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge) -> int:
    """The conversation for which half a reply is written; another one is open."""
    li, wang = world.say(LI, "hello"), world.say(WANG, "hi")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    show(qtbot, window, bridge, li)
    QTest.keyClicks(window.inbox.chat.composer.edit, "half a rep")
    show(qtbot, window, bridge, wang)
    return li


def show(qtbot: QtBot, window: MainWindow, bridge: Bridge, conversation_id: int) -> None:
    window.open_conversation(conversation_id)
    qtbot.waitUntil(lambda: not window.inbox.session.visit.fresh and bridge.is_idle)


def question(window: MainWindow) -> ConfirmDialog:
    [asked] = [found for found in window.findChildren(ConfirmDialog) if found.isVisible()]
    return asked


def test_half_a_reply_asks_nothing_because_it_is_kept(
    qtbot: QtBot, window: MainWindow, half_written: int, closed: list[str], bridge: Bridge, world: World
) -> None:
    window.quit()
    assert closed == ["closing"]
    window.save_unfinished()
    bridge.close()
    [(thread, draft)] = world.call(world.desk.drafts.stored())
    assert (thread, draft.text) == (half_written, "half a rep")


def test_each_page_asks_about_what_is_unsaved_on_it(
    qtbot: QtBot, window: MainWindow, closed: list[str], bridge: Bridge
) -> None:
    pages = (window.pages.rules.widget, window.pages.templates.widget)
    for page in pages:
        window.show_page(window.stack.indexOf(page))
        qtbot.waitUntil(lambda: bridge.is_idle)
        page.start_new()
        page.editor.head.title.setText("Half a thing")
        assert page.unsaved
    window.show_page(0)
    window.quit()
    for page in pages:
        assert window.stack.currentWidget() is page
        assert closed == []
        [asked] = [found for found in window.findChildren(LeaveDialog) if found.isVisible()]
        asked.discard.click()
    assert closed == ["closing"]


def test_a_note_in_focus_is_stored(
    qtbot: QtBot, window: MainWindow, half_written: int, bridge: Bridge, world: World
) -> None:
    note = window.inbox.detail.contact.note
    note.setFocus()
    QTest.keyClicks(note, "likes tea")
    open_id = window.open_conversation_id
    assert open_id is not None
    window.save_unfinished()
    bridge.close()
    assert world.call(world.store.conversations.get(open_id)).contact.note == "likes tea"


def wants(world: World, choice: OnClose) -> None:
    world.call(world.desk.preferences.set(Preferences(on_close=choice)))


def tray_question(window: MainWindow) -> LeavingDialog:
    [asked] = [found for found in window.findChildren(LeavingDialog) if found.isVisible()]
    return asked


def test_the_first_time_the_cross_asks_and_the_tray_keeps_receiving(
    qtbot: QtBot, world: World, window: MainWindow, closed: list[str], bridge: Bridge
) -> None:
    window.leaving.has_tray = lambda: True
    window.close()
    tray_question(window).cancel.click()
    assert window.isVisible()
    window.close()
    tray_question(window).keep_on.click()
    assert not window.isVisible()
    qtbot.waitUntil(lambda: world.desk.preferences.now.on_close is OnClose.TRAY and bridge.is_idle)
    window.bring_to_front()
    window.close()
    assert not window.isVisible()
    assert not window.findChildren(LeavingDialog)
    assert closed == []


def test_stopping_is_remembered_too(
    qtbot: QtBot, world: World, window: MainWindow, closed: list[str], bridge: Bridge
) -> None:
    window.leaving.has_tray = lambda: True
    window.close()
    tray_question(window).stop.click()
    assert closed == ["closing"]
    qtbot.waitUntil(lambda: world.desk.preferences.now.on_close is OnClose.QUIT and bridge.is_idle)
    window.close()
    assert closed == ["closing", "closing"]


@pytest.mark.parametrize("choice", [OnClose.ASK, OnClose.TRAY])
def test_without_a_tray_the_cross_says_what_is_lost(
    world: World, window: MainWindow, closed: list[str], choice: OnClose
) -> None:
    wants(world, choice)
    window.close()
    window.close()  # asks once
    said = question(window).text.full_text()
    assert "what customers write" in said
    assert "Replies that wait, or that you planned for later, do not leave either." in said
    question(window).cancel.click()
    assert closed == []
    window.close()
    question(window).action.click()
    assert closed == ["closing"]


@pytest.mark.parametrize("tray", [True, False])
@pytest.mark.parametrize("choice", [OnClose.ASK, OnClose.TRAY])
def test_ctrl_q_says_what_is_lost_since_a_key_slips(
    world: World, window: MainWindow, closed: list[str], choice: OnClose, tray: bool
) -> None:
    wants(world, choice)
    window.leaving.has_tray = lambda: tray
    QTest.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    question(window).cancel.click()
    assert closed == []
    QTest.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    question(window).action.click()
    assert closed == ["closing"]


def test_ctrl_q_asks_nobody_who_chose_to_stop_with_the_window(
    world: World, window: MainWindow, closed: list[str]
) -> None:
    wants(world, OnClose.QUIT)
    QTest.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert closed == ["closing"]


def test_quit_and_a_desk_without_accounts_ask_nothing(window: MainWindow, closed: list[str], world: World) -> None:
    window.quit()
    assert closed == ["closing"]
    world.publish(ListenerChanged(""))
    window.close()
    assert closed == ["closing", "closing"]
