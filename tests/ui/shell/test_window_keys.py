"""Keys of the whole window: through dialogs, once a press, and for what a passing word offers."""

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.dialogs.shortcut_sheet import ShortcutSheet
from wxdesk.ui.widgets.fields.choice import ChoiceField


@pytest.fixture
def active(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """The window with the keyboard."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def test_f8_pauses_whatever_lies_over_the_window(qtbot: QtBot, active: MainWindow, world: World) -> None:
    active.show_keys()
    [sheet] = active.findChildren(ShortcutSheet)
    ConfirmDialog(sheet, "Really?", "", "Yes").ask(lambda: None)
    [question] = sheet.findChildren(ConfirmDialog)
    qtbot.waitUntil(question.isActiveWindow)
    qtbot.keyClick(question, Qt.Key.Key_F8)
    qtbot.waitUntil(active.pause_bar.isVisible)
    assert world.desk.health.state.paused


def test_a_key_held_down_does_a_thing_once(active: MainWindow) -> None:
    repeating = {found.key().toString() for found in active.findChildren(QShortcut) if found.autoRepeat()}
    size = {"Ctrl++", "Ctrl+=", "Ctrl+-", "Ctrl+0"}
    assert repeating <= {"Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Y", "Ctrl+F"} | size


def test_a_key_does_what_the_passing_word_offers(qtbot: QtBot, active: MainWindow) -> None:
    done: list[str] = []
    qtbot.keyClick(active, Qt.Key.Key_F12)
    active.notices.toast("Copied")
    qtbot.keyClick(active, Qt.Key.Key_F12)
    active.notices.offer("Resolved", "Undo", lambda: done.append("undone"))
    assert active.notices._toast.action.toolTip() == "Undo (F12)"
    qtbot.keyClick(active, Qt.Key.Key_F12)
    qtbot.keyClick(active, Qt.Key.Key_F12)
    assert done == ["undone"]


def test_the_same_key_goes_round_what_the_bars_offer_where_nothing_passes(qtbot: QtBot, active: MainWindow) -> None:
    done: list[str] = []
    active.notices.bar("one", "Something waits.", "pending", "Decide…", lambda: done.append("decided"))
    active.inbox.chat.composer.edit.setFocus()
    said = []
    for _ in range(3):
        qtbot.keyClick(active, Qt.Key.Key_F12)
        focused = QApplication.focusWidget()
        assert isinstance(focused, QAbstractButton)
        said.append(focused.text() or focused.accessibleName())
    assert said == ["Decide…", "Close", "Decide…"]
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert done == ["decided"]


def test_the_key_that_puts_the_details_away_leads_back_to_writing(
    qtbot: QtBot, active: MainWindow, world: World
) -> None:
    active.resize(960, 560)
    active.notices.bar("one", "Something waits.", "pending", "Decide…")
    active.open_conversation(world.say("oCustomer0000000000000001", "hello"))
    inbox = active.inbox
    qtbot.waitUntil(lambda: inbox.regions.detail_drawer.is_drawer and not inbox.detail.area.isHidden())
    inbox.chat.composer.edit.setFocus()
    qtbot.keyClick(active, Qt.Key.Key_F2)
    assert inbox.detail.contact.alias.hasFocus()
    qtbot.keyClick(active, Qt.Key.Key_F2)
    assert inbox.detail.isHidden()
    assert inbox.chat.composer.edit.hasFocus(), "not a button, which the next Enter would press"


def test_who_writes_writes_on_after_the_button_of_a_bar(qtbot: QtBot, active: MainWindow) -> None:
    field, notices = active.inbox.list.search, active.notices
    for key in notices.bars.texts():  # beside a server, its database of tests is told to be unsafe
        notices.bar(key, "")
    for press in (lambda bar: qtbot.mouseClick(bar, Qt.MouseButton.LeftButton), partial(_by_keys, qtbot, active)):
        notices.bar("one", "Something waits.", "pending", "Decide…", lambda: notices.bar("one", ""))
        field.setFocus()
        press(notices.bars.button("one"))
        assert notices.bars.texts() == {}
        assert field.hasFocus()
    notices.bar("one", "One waits.", "pending", "Decide…", lambda: None)
    qtbot.keyClick(active, Qt.Key.Key_F12)
    notices.bar("one", "Two wait.", "pending", "Decide…", lambda: None)
    assert notices.bars.button("one").hasFocus(), "the key that is about to be pressed must not go elsewhere"


def _by_keys(qtbot: QtBot, window: MainWindow, button: QAbstractButton) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F12)
    assert button.hasFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)


def _header_menu(window: MainWindow) -> None:
    window.inbox.chat.header.mode.click()


def _takeover_menu(window: MainWindow) -> None:
    window.inbox.chat.takeover.open_menu()


def _pause_menu(window: MainWindow) -> None:
    window.pausing.choose_end(window.status_bar)


def _bubble_menu(window: MainWindow) -> None:
    timeline = window.inbox.chat.timeline
    timeline.focus_last()
    at = timeline.visualRect(timeline.currentIndex()).center()
    reason, globally = QContextMenuEvent.Reason.Mouse, timeline.viewport().mapToGlobal(at)
    QApplication.sendEvent(timeline.viewport(), QContextMenuEvent(reason, at, globally))


def _list_of_a_choice(window: MainWindow) -> None:
    choice = ChoiceField(window)
    choice.addItems(["one", "two"])
    choice.show()
    choice.showPopup()


@pytest.mark.parametrize("opens", [_header_menu, _takeover_menu, _pause_menu, _bubble_menu, _list_of_a_choice])
def test_f8_pauses_while_a_menu_hangs_open_and_closes_it(
    qtbot: QtBot, active: MainWindow, world: World, bridge: Bridge, opens: Callable[[MainWindow], None]
) -> None:
    active.open_conversation(world.say("oCustomer0000000000000001", "hello"))
    qtbot.waitUntil(lambda: active.inbox.session.row is not None and bridge.is_idle)
    opens(active)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    QTest.keyClick(popup.windowHandle(), Qt.Key.Key_F8)
    qtbot.waitUntil(active.pause_bar.isVisible)
    assert world.desk.health.state.paused
    assert QApplication.activePopupWidget() is None
    active.activateWindow()
    qtbot.waitUntil(active.isActiveWindow)
    qtbot.keyClick(active, Qt.Key.Key_F8)
    qtbot.waitUntil(active.pause_bar.isHidden)


def test_f8_pauses_while_a_menu_hangs_open_over_a_dialog(qtbot: QtBot, active: MainWindow, world: World) -> None:
    active.show_keys()
    [sheet] = active.findChildren(ShortcutSheet)
    menu = QMenu(sheet)
    menu.addAction("one")
    menu.popup(sheet.mapToGlobal(QPoint(20, 20)))
    qtbot.waitUntil(menu.isVisible)
    QTest.keyClick(menu.windowHandle(), Qt.Key.Key_F8)
    qtbot.waitUntil(active.pause_bar.isVisible)
    assert world.desk.health.state.paused
    sheet.accept()
