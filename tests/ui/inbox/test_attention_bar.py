"""The bar that tells to whom rules call, on a real desk."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.world import World, open_world
from wxdesk.core.events import AttentionChanged
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.preferences import LastMoment
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.wording.messages import short_openid

WANG, LI, CHEN = (f"oCustomer000000000000000{n}" for n in range(1, 4))
CALLS = (Action(ActionKind.NOTIFY),)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two rules call, and one greets after ten minutes."""
    with open_world(tmp_path, ReplyMode.HOLD, HandClock()) as opened:
        greet = (Action(ActionKind.REPLY, text="Welcome!"),)
        for rule in (
            Rule("Broken glass", when=Condition(any=("broken",)), then=CALLS),
            Rule("Refunds", when=Condition(any=("refund",)), then=CALLS),
            Rule("Greeting", on=frozenset({MessageType.ENTER_SESSION}), then=greet),
        ):
            opened.call(opened.desk.rules.rulebook.save(rule))
        yield opened


def said(window: MainWindow) -> list[str]:
    return list(window.notices.bars.texts().values())


def look(window: MainWindow) -> Button:
    shown = [one for one in window.notices.bars.findChildren(Button) if one.text().startswith("Look at")]
    return next(one for one in shown if one.isVisible())


def test_the_bar_says_which_rule_calls_to_whom_and_leads_there(qtbot: QtBot, window: MainWindow, world: World) -> None:
    chat = world.say(WANG, "it arrived broken")
    inbox = window.pages.inbox.widget
    assert isinstance(inbox, InboxPage)
    qtbot.waitUntil(lambda: said(window) == [f"“Broken glass” calls you to {short_openid(WANG)}."])
    window.show_settings()
    qtbot.mouseClick(look(window), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: inbox.session.conversation_id == chat)
    assert window.stack.currentWidget() is inbox
    assert said(window) == []


def test_the_bar_goes_once_the_conversation_was_looked_at(qtbot: QtBot, window: MainWindow, world: World) -> None:
    chat = world.say(WANG, "it arrived broken")
    qtbot.waitUntil(lambda: bool(said(window)))
    qtbot.waitUntil(lambda: world.desk.attention.ringing == {chat})
    world.call(world.desk.attention.look(chat))
    qtbot.waitUntil(lambda: said(window) == [])


def test_several_calls_make_one_bar_that_counts_and_leads_to_the_first(
    qtbot: QtBot, window: MainWindow, world: World
) -> None:
    chats = [world.say(openid, "it arrived broken") for openid in (WANG, LI)]
    first, second = short_openid(WANG), short_openid(LI)
    qtbot.waitUntil(lambda: said(window) == [f"“Broken glass” calls you to 2 customers, first to {first}."])
    chats.append(world.say(CHEN, "refund me"))
    qtbot.waitUntil(lambda: said(window) == [f"Rules call you to 3 customers, first to {first}."])
    world.say(WANG, "still broken")
    qtbot.waitUntil(lambda: world.desk.attention.ringing == set(chats))
    qtbot.mouseClick(look(window), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.open_conversation_id == chats[0])
    qtbot.waitUntil(lambda: said(window) == [f"Rules call you to 2 customers, first to {second}."])
    world.call(world.desk.attention.look(chats[2]))
    qtbot.waitUntil(lambda: said(window) == [f"“Broken glass” calls you to {second}."])


def test_a_reply_handed_over_at_the_closing_window_is_told_until_looked_at(
    qtbot: QtBot, window: MainWindow, bridge: Bridge, world: World
) -> None:
    kept = world.desk.preferences
    world.call(kept.set(replace(kept.now, last_moment=LastMoment.HAND_OVER)))
    chat = world.enter(WANG)  # it allows replies for a minute, 10 seconds before whose end the desk decides
    qtbot.waitUntil(lambda: {call.conversation_id for call in world.desk.attention.unseen} == {chat})
    with qtbot.waitSignal(
        bridge.events, check_params_cb=lambda events: any(isinstance(one, AttentionChanged) for one in events)
    ):
        world.move_to(START + timedelta(seconds=51))
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert said(window) == [f"“Greeting” calls you to {short_openid(WANG)}."]
    world.call(world.desk.attention.look(chat))
    qtbot.waitUntil(lambda: said(window) == [])
