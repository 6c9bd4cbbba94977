"""The list of held replies when a row goes by itself: what was meant for that row is not done to the next."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.inbox.conftest import HOURS
from tests.ui.world import World, open_world
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.ui.inbox.held_replies.strip import HeldStrip
from wxdesk.ui.inbox.held_replies.view import button_rect
from wxdesk.ui.inbox.lists import READABLE
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge

HELD_FOR = timedelta(seconds=600)
"""As `open_world` sets it."""

BETWEEN = timedelta(seconds=60)
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, ReplyMode.HOLD, HandClock()) as made:
        made.call(made.desk.rules.rulebook.save(HOURS))
        yield made


@pytest.fixture
def strip(qtbot: QtBot, world: World, page: InboxPage) -> HeldStrip:
    """Unfolded, with the keyboard in its list; of its three rows one leaves each minute, from the tenth on."""
    for n in range(3):
        world.move_to(START + n * BETWEEN)
        world.say(f"oCustomer{n:016d}", "opening?")
        qtbot.waitUntil(partial(lambda n: page.list.strip.model.rowCount() == n + 1, n))
    qtbot.keyClick(page, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    return page.list.strip


def held(strip: HeldStrip) -> list[Reply]:
    return [one.reply for one in strip.model.rows()]


def let_the_first_leave(qtbot: QtBot, world: World, strip: HeldStrip) -> Reply:
    """The one that has its place then."""
    first, second, _ = held(strip)
    world.move_to(START + HELD_FOR)
    world.wait_until_sent(first.id)
    qtbot.waitUntil(lambda: strip.model.rowCount() == 2)
    return second


def state(world: World, reply: Reply) -> ReplyState:
    return world.call(world.store.replies.get(reply.id)).state


@pytest.mark.parametrize(
    ("key", "modifier", "outcome"),
    [
        (Qt.Key.Key_Return, CONTROL, ReplyState.SENT),
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier, ReplyState.CANCELLED),
    ],
)
def test_a_late_key_is_not_for_the_next_row(
    qtbot: QtBot,
    world: World,
    strip: HeldStrip,
    bridge: Bridge,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    outcome: ReplyState,
) -> None:
    second = let_the_first_leave(qtbot, world, strip)
    assert strip.view.hasFocus()
    assert strip.view.currentIndex().row() == 0
    qtbot.keyClick(strip.view, key, modifier)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert state(world, second) is ReplyState.HELD
    world.move_to(START + HELD_FOR + READABLE)
    qtbot.keyClick(strip.view, key, modifier)
    qtbot.waitUntil(lambda: state(world, second) is outcome)


@pytest.mark.parametrize(
    ("button", "outcome"), [("send", ReplyState.SENT), ("stop", ReplyState.CANCELLED)], ids=["send", "stop"]
)
def test_a_late_click_is_not_for_the_next_row(
    qtbot: QtBot, world: World, strip: HeldStrip, bridge: Bridge, button: str, outcome: ReplyState
) -> None:
    place = button_rect(strip.view.visualRect(strip.model.index(0)), button).center()
    second = let_the_first_leave(qtbot, world, strip)
    qtbot.mouseClick(strip.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert state(world, second) is ReplyState.HELD
    world.move_to(START + HELD_FOR + READABLE)
    qtbot.mouseClick(strip.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: state(world, second) is outcome)


def test_a_row_above_which_nothing_moved_can_be_meant_at_once(qtbot: QtBot, world: World, strip: HeldStrip) -> None:
    first, second, last = held(strip)
    world.call(world.desk.replies.cancel(last.id))
    qtbot.waitUntil(lambda: strip.model.rowCount() == 2)
    place = button_rect(strip.view.visualRect(strip.model.index(1)), "stop").center()
    qtbot.mouseClick(strip.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: state(world, second) is ReplyState.CANCELLED)
    assert state(world, first) is ReplyState.HELD


def test_keys_for_one_row_after_the_other_need_not_wait(qtbot: QtBot, world: World, strip: HeldStrip) -> None:
    replies = held(strip)
    for n, reply in enumerate(replies):
        qtbot.keyClick(strip.view, Qt.Key.Key_Delete)
        qtbot.waitUntil(partial(lambda n: strip.model.rowCount() == 2 - n, n))
        assert state(world, reply) is ReplyState.CANCELLED
