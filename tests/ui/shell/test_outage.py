"""What the window says and offers when WeChat was not reached for long."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import HandClock
from tests.ui.world import World, open_world
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.ui.inbox.held_replies.control import BAR, AfterPauseDialog
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.buttons import Button

LI, WANG = "oCustomer0000000000000001", "oCustomer0000000000000002"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, ReplyMode.AUTO, HandClock()) as opened:
        yield opened


def after_a_try(world: World, reply_id: int) -> Reply:
    """The reply, once it waits for another try or is given up."""
    now = world.clock()
    world.wait_until(reply_id, lambda one: one.state is ReplyState.HELD or (one.not_before or now) > now)
    return world.call(world.store.replies.get(reply_id))


def test_replies_that_were_given_up_are_sent_together_once_wechat_is_reached(
    qtbot: QtBot, world: World, window: MainWindow
) -> None:
    port = int(world.sandbox.url.rpartition(":")[2])
    conversations = [world.say(openid, "hello") for openid in (LI, WANG)]
    world._wechat.call(world.sandbox.stop())
    written = [world.call(world.desk.replies.write(one, "Good morning.")) for one in conversations]
    for reply in written:
        while (tried := after_a_try(world, reply.id)).state is ReplyState.QUEUED:
            world.move_to(tried.not_before or world.clock())
    words = "2 replies wait for your OK. Nothing is sent before that."
    qtbot.waitUntil(lambda: window.notices.bars.texts().get(BAR) == words)
    world.sandbox._port = port
    world._wechat.call(world.sandbox.start())
    [decide] = [one for one in window.notices.bars.findChildren(Button) if one.text() == "Decide…"]
    decide.click()  # also below a bar about the clock, which WeChat's Date disproves while the test moves it
    [dialog] = window.findChildren(AfterPauseDialog)
    qtbot.mouseClick(dialog.send, Qt.MouseButton.LeftButton)
    for reply in written:
        world.wait_until_sent(reply.id)
    assert [sent.text for sent in world.sandbox.sent] == ["Good morning."] * 2
