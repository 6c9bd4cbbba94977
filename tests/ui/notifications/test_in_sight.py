"""Replies about to leave are told on the desktop only while nobody looks at the window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import HandClock
from tests.ui.notifications.desktop import Desktop, board
from tests.ui.world import World, open_world
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow

SOMEBODY, OTHER = "oSomebody0000000000000000001", "oOther0000000000000000000001"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A desk that holds what its one rule says for ten minutes."""
    with open_world(tmp_path, ReplyMode.HOLD, HandClock()) as opened:
        told = Action(ActionKind.REPLY, text="我们九点开门。")
        opened.call(opened.desk.rules.rulebook.save(Rule("Hours", when=Condition(any=("几点",)), then=(told,))))
        yield opened


@pytest.fixture
def desktop(bridge: Bridge, window: MainWindow) -> Desktop:
    """The desktop of an operator who does something else: the window is not in front."""
    window.hide()
    assert QApplication.activeWindow() is None
    return board(bridge, window)


def test_a_held_reply_seen_in_the_window_is_told_once_the_window_is_hidden(
    qtbot: QtBot, window: MainWindow, bridge: Bridge, world: World
) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    desktop = board(bridge, window)
    world.say(SOMEBODY, "请问几点开门")
    qtbot.waitUntil(lambda: len(window.inbox.held.replies.held) == 1 and bridge.is_idle)
    assert not desktop.ever
    window.hide()
    qtbot.waitUntil(lambda: len(desktop.standing) == 1)


def test_a_held_reply_seen_in_the_window_is_told_once_the_operator_is_away(
    qtbot: QtBot, window: MainWindow, bridge: Bridge, world: World
) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    desktop = board(bridge, window)
    world.say(SOMEBODY, "请问几点开门")
    qtbot.waitUntil(lambda: len(window.inbox.held.replies.held) == 1 and bridge.is_idle)
    assert not desktop.ever
    window.presence.toggle()
    qtbot.waitUntil(lambda: len(desktop.standing) == 1)
    assert window.isVisible()


def come_back(qtbot: QtBot, window: MainWindow) -> None:
    """By way of another window: without that, this platform believes that the hidden one was never left."""
    between = QWidget()
    qtbot.addWidget(between)
    between.show()
    between.activateWindow()
    qtbot.waitUntil(between.isActiveWindow)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def test_a_notice_goes_when_the_window_is_in_front_and_is_not_told_again(
    qtbot: QtBot, desktop: Desktop, window: MainWindow, bridge: Bridge, world: World
) -> None:
    first = world.say(SOMEBODY, "请问几点开门")
    qtbot.waitUntil(lambda: bool(desktop.standing))
    come_back(qtbot, window)
    qtbot.waitUntil(lambda: not desktop.standing)
    window.hide()
    second = world.say(OTHER, "请问几点开门")
    qtbot.waitUntil(lambda: bool(desktop.standing))
    assert [notice.conversation_id for notice in desktop.ever] == [first, second]


def test_a_notice_stays_while_another_page_is_shown(
    qtbot: QtBot, desktop: Desktop, window: MainWindow, bridge: Bridge, world: World
) -> None:
    world.say(SOMEBODY, "请问几点开门")
    qtbot.waitUntil(lambda: bool(desktop.standing))
    window.show_settings()
    come_back(qtbot, window)
    world.say(OTHER, "请问几点开门")
    qtbot.waitUntil(lambda: len(window.inbox.held.replies.held) == 2 and bridge.is_idle)
    assert len(desktop.standing) == 1
    window.show_page(0)
    qtbot.waitUntil(lambda: not desktop.standing)


def test_a_notice_goes_when_the_operator_is_back_before_the_window(
    qtbot: QtBot, window: MainWindow, bridge: Bridge, world: World
) -> None:
    come_back(qtbot, window)
    desktop = board(bridge, window)
    window.presence.toggle()
    qtbot.waitUntil(lambda: world.desk.presence.now.away)
    world.say(SOMEBODY, "请问几点开门")
    qtbot.waitUntil(lambda: len(desktop.standing) == 1)
    window.presence.toggle()
    qtbot.waitUntil(lambda: not desktop.standing)
