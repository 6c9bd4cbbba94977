"""Keys of the whole window: through dialogs, once a press, and for what a passing word offers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.ui.dialogs import ConfirmDialog
from wxdesk.ui.main_window import MainWindow
from wxdesk.ui.shortcuts import ShortcutSheet


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
    assert repeating <= {"Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Y", "Ctrl+F"}


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
