"""The program is closed while replies are held, and opened again: the window asks, and says why."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.inbox.conftest import HOURS, shown_reply
from tests.ui.world import World, open_world
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import AFTER_RESTART
from wxdesk.ui.inbox.held_replies.control import AfterPauseDialog
from wxdesk.ui.inbox.timeline.bubble_text import notice_of
from wxdesk.ui.shell.main_window import MainWindow

LI = "oCustomer0000000000000001"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = HandClock()
    with open_world(tmp_path, ReplyMode.HOLD, clock) as before:
        before.call(before.desk.rules.rulebook.save(HOURS))
        before.say(LI, "opening?")
        before.call(before.desk.conversations.take_over(before.say("oCustomer0000000000000002", "hello")))
    clock.now = START + timedelta(minutes=16)
    with open_world(tmp_path, ReplyMode.HOLD, clock) as opened:
        yield opened


def notice(window: MainWindow) -> str:
    return notice_of(window.inbox.session.model.rows()[-1])


def test_a_held_reply_asks_after_a_restart_says_why_and_leaves_when_released(
    qtbot: QtBot, world: World, window: MainWindow
) -> None:
    words = "1 reply waits for your OK. Nothing is sent before that."
    qtbot.waitUntil(lambda: words in window.notices.bars.texts().values())
    assert window.inbox.list.strip.earliest.full_text() == "1 needs your OK"
    assert window.inbox.list.strip.count.isHidden(), "one reply is not counted as two"
    world.move_to(START + timedelta(hours=2))  # long past its time
    [decide] = [button for button in window.notices.bars.findChildren(QPushButton) if button.text() == "Decide…"]
    qtbot.mouseClick(decide, Qt.MouseButton.LeftButton)
    [panel] = window.findChildren(AfterPauseDialog)
    [held] = panel.model.rows()
    qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown_reply(window.inbox, ReplyState.HELD) is not None)
    assert notice(window) == AFTER_RESTART
    assert not world.sandbox.sent
    view = window.inbox.chat.timeline
    qtbot.waitUntil(lambda: view.currentIndex().isValid())
    qtbot.keyClick(view, Qt.Key.Key_Return)
    world.wait_until_sent(held.reply.id)
    qtbot.waitUntil(lambda: words not in window.notices.bars.texts().values())
