"""The machine stops while a reply is in each of its states; another window goes on from the same file."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.inbox.conftest import HOURS
from tests.ui.world import World, open_world
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import AFTER_RESTART
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.ui.inbox.timeline.bubble_text import caption_of, notice_of
from wxdesk.ui.inbox.timeline.entries import TimelineEntry
from wxdesk.ui.shell.main_window import MainWindow

LI = "oCustomer0000000000000001"
S = ReplyState
FAULTS = {
    S.QUEUED: SimulatedFault(FaultKind.ERRCODE, errcode=-1),
    S.SENDING: SimulatedFault(FaultKind.AFTER),
    S.UNKNOWN: SimulatedFault(FaultKind.RESET_AFTER),
    S.FAILED: SimulatedFault(FaultKind.ERRCODE, errcode=87014),
}
"""What WeChat answers, so that the released reply comes to a state and stays there."""

NOT_ON_DISK = shutil.ignore_patterns("*.lock", "*.socket", "*-shm", "backups", "logs")


def bring_to(world: World, state: ReplyState) -> None:
    """A rule answers, and its reply comes to `state`."""
    world.call(world.desk.rules.rulebook.save(HOURS))
    if state is S.DRAFT:
        world.call(world.desk.accounts.set_mode("shop", ReplyMode.DRAFT, 8))
    world.say(LI, "opening?")
    if state in FAULTS:
        world.sandbox.faults.plan(FAULTS[state])
        world.call(world.desk.replies.release(1))
        world.wait_until(1, lambda reply: reply.state is state and reply.attempts == 1)
    assert world.call(world.store.replies.get(1)).state is state


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    clock = HandClock()
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    with open_world(before, ReplyMode.HOLD, clock) as stopped:
        bring_to(stopped, request.param)
        shutil.copytree(before, after, ignore=NOT_ON_DISK)
    if request.param is not S.QUEUED:  # that one would leave before the customer is known here
        clock.now = START + timedelta(minutes=1)
    with open_world(after, ReplyMode.HOLD, clock) as opened:
        opened.grant(LI)
        yield opened


@pytest.fixture
def bubble(qtbot: QtBot, window: MainWindow) -> TimelineEntry:
    """The reply as the window shows it when its conversation is opened; the keyboard is at its bubble."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.open_conversation(1)
    qtbot.waitUntil(lambda: window.inbox.chat.timeline.focus_on("r1"))
    return shown(window)


def shown(window: MainWindow) -> TimelineEntry:
    return next(entry for entry in window.inbox.session.model.rows() if entry.key == "r1")


def state(window: MainWindow) -> ReplyState:
    reply = shown(window).reply
    assert reply is not None
    return reply.state


def caption(world: World, entry: TimelineEntry) -> list[str]:
    return [part.text for part in caption_of(entry, world.clock())]


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key | str) -> None:
    if isinstance(key, str):
        qtbot.keySequence(window.inbox.chat.timeline, key)
    else:
        qtbot.keyClick(window.inbox.chat.timeline, key)


def texts(world: World) -> list[str]:
    """What WeChat has accepted since."""
    return [sent.text for sent in world.sandbox.sent]


LOST = "WeChat's answer never came. Ask the customer, or look into WeChat, before you send it again."


@pytest.mark.parametrize("world", [S.SENDING, S.UNKNOWN], indirect=True)
@pytest.mark.parametrize(("key", "sent"), [("Ctrl+D", []), ("Ctrl+R", ["We open at 9."])])
def test_a_reply_under_way_at_a_stop_is_unknown_until_an_operator_settles_it(
    qtbot: QtBot, world: World, window: MainWindow, bubble: TimelineEntry, key: str, sent: list[str]
) -> None:
    assert "May have been delivered" in caption(world, bubble)
    assert notice_of(bubble) == LOST
    world.move_to(START + timedelta(hours=1))
    assert state(window) is S.UNKNOWN
    assert texts(world) == []
    press(qtbot, window, key)
    qtbot.waitUntil(lambda: state(window) is S.SENT)
    assert texts(world) == sent


@pytest.mark.parametrize("world", [S.QUEUED], indirect=True)
def test_a_queued_reply_leaves_once_after_a_restart(
    qtbot: QtBot, world: World, window: MainWindow, bubble: TimelineEntry
) -> None:
    assert caption(world, bubble)[0].startswith("Tries again in ")
    assert texts(world) == []
    world.move_to(START + timedelta(minutes=1))
    qtbot.waitUntil(lambda: state(window) is S.SENT)
    assert texts(world) == ["We open at 9."]


@pytest.mark.parametrize("world", [S.HELD], indirect=True)
@pytest.mark.parametrize(
    ("key", "after", "sent"),
    [(Qt.Key.Key_Return, S.SENT, ["We open at 9."]), (Qt.Key.Key_Escape, S.CANCELLED, [])],
)
def test_a_held_reply_asks_after_a_restart(
    qtbot: QtBot,
    world: World,
    window: MainWindow,
    bubble: TimelineEntry,
    key: Qt.Key,
    after: ReplyState,
    sent: list[str],
) -> None:
    assert caption(world, bubble)[0] == "Held for your OK"
    assert notice_of(bubble) == AFTER_RESTART
    world.move_to(START + timedelta(hours=1))
    assert texts(world) == []
    press(qtbot, window, key)
    qtbot.waitUntil(lambda: state(window) is after)
    assert texts(world) == sent


@pytest.mark.parametrize("world", [S.DRAFT], indirect=True)
def test_a_draft_stays_a_draft_after_a_restart(
    qtbot: QtBot, world: World, window: MainWindow, bubble: TimelineEntry
) -> None:
    assert caption(world, bubble)[0] == "Draft, waits for you"
    assert "set for the account" in caption(world, bubble)
    world.move_to(START + timedelta(hours=1))
    assert texts(world) == []
    press(qtbot, window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: state(window) is S.SENT)
    assert texts(world) == ["We open at 9."]


@pytest.mark.parametrize("world", [S.FAILED], indirect=True)
def test_a_failed_reply_says_why_and_is_retried_only_by_an_operator(
    qtbot: QtBot, world: World, window: MainWindow, bubble: TimelineEntry
) -> None:
    assert "Failed 87014" in caption(world, bubble)
    assert notice_of(bubble).startswith("Failed 87014: ")
    world.move_to(START + timedelta(hours=1))
    assert texts(world) == []
    press(qtbot, window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: state(window) is S.SENT)
    assert texts(world) == ["We open at 9."]
