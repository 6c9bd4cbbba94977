"""The coming return of automatic replies is told on every page, and can be put off from there."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.world import World, open_world
from wxdesk.core.conversations.takeover import TakeoverDuration
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.notice_lines import Toast
from wxdesk.ui.wording.messages import short_openid

LI, WANG = "oCustomer0000000000000001", "oCustomer0000000000000002"
MINUTE = timedelta(minutes=1)
SPAN = TakeoverDuration(span=15 * MINUTE)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The operator is there for the whole time, though nobody presses a key."""
    with open_world(tmp_path, clock=HandClock()) as opened:
        preferences = opened.desk.preferences
        opened.call(preferences.set(replace(preferences.now, away_minutes=240)))
        yield opened


@pytest.fixture
def toast(qtbot: QtBot, window: MainWindow) -> Toast:
    """Where passing words stand; the window is active and shows the rules."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.show_page(1)
    return window.notices._toast


def end_of(world: World, conversation_id: int) -> timedelta | None:
    until = world.call(world.store.conversations.get(conversation_id)).taken_over_until
    return None if until is None else until - START


def move_to(world: World, at: timedelta) -> None:
    """So much time has passed."""
    world.move_to(START + at)


def test_the_end_of_a_takeover_is_told_once_on_another_page_and_can_be_postponed(
    qtbot: QtBot, window: MainWindow, world: World, bridge: Bridge, toast: Toast
) -> None:
    thread = world.say(LI, "where is my parcel")
    world.call(world.desk.conversations.take_over(thread, SPAN))
    move_to(world, 13 * MINUTE - timedelta(seconds=1))
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert toast.isHidden()
    move_to(world, 13 * MINUTE)
    qtbot.waitUntil(toast.isVisible)
    assert toast._label.full_text() == f"Automatic replies return to {short_openid(LI)} in 2 min."
    assert toast.action.text() == "Keep it for 30 min"
    toast.hide()
    move_to(world, 14 * MINUTE)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert toast.isHidden(), "told once for each return"
    assert end_of(world, thread) == 15 * MINUTE


def test_the_notices_key_keeps_the_takeover(
    qtbot: QtBot, window: MainWindow, world: World, bridge: Bridge, toast: Toast
) -> None:
    thread = world.say(LI, "where is my parcel")
    world.call(world.desk.conversations.take_over(thread, SPAN))
    move_to(world, 13 * MINUTE)
    qtbot.waitUntil(toast.isVisible)
    qtbot.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert end_of(world, thread) == 43 * MINUTE
    move_to(world, 41 * MINUTE)
    qtbot.waitUntil(toast.isVisible)


def test_several_ending_takeovers_are_told_and_kept_together(
    qtbot: QtBot, window: MainWindow, world: World, bridge: Bridge, toast: Toast
) -> None:
    threads = [world.say(openid, "where is my parcel") for openid in (LI, WANG)]
    for thread in threads:
        world.call(world.desk.conversations.take_over(thread, SPAN))
    move_to(world, 13 * MINUTE)
    qtbot.waitUntil(lambda: "2 conversations" in toast._label.full_text())
    assert toast._label.full_text() == "Automatic replies return to 2 conversations, first in 2 min."
    qtbot.mouseClick(toast.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert [end_of(world, thread) for thread in threads] == [43 * MINUTE] * 2


def test_the_open_conversation_tells_its_takeovers_end_itself(
    qtbot: QtBot, window: MainWindow, world: World, bridge: Bridge, toast: Toast
) -> None:
    thread = world.say(LI, "where is my parcel")
    world.call(world.desk.conversations.take_over(thread, SPAN))
    window.open_conversation(thread)
    qtbot.waitUntil(lambda: window.inbox.session.row is not None and bridge.is_idle)
    move_to(world, 13 * MINUTE)
    qtbot.waitUntil(window.inbox.chat.takeover.bar.isVisible)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert toast.isHidden()
