"""Notices of a desk with several mini programs say which one a customer writes to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.inbox.records import NOW, conversation
from tests.ui.notifications.desktop import board
from tests.ui.world import World, open_world
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.notifications.notice import NoticeTopic, of_account, return_notice
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow

SOMEBODY = "oSomebody0000000000000000001"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A desk with two mini programs that calls for its operator and holds what it says."""
    with open_world(tmp_path, ReplyMode.HOLD, others=["tea"]) as opened:
        then = (Action(ActionKind.REPLY, text="我们九点开门。"), Action(ActionKind.NOTIFY))
        opened.call(opened.desk.rules.rulebook.save(Rule("Hours", when=Condition(any=("几点",)), then=then)))
        yield opened


def test_a_call_and_a_held_reply_name_the_mini_program(
    qtbot: QtBot, bridge: Bridge, window: MainWindow, world: World
) -> None:
    window.hide()
    desktop = board(bridge, window)
    world.say(SOMEBODY, "几点开门")
    qtbot.waitUntil(lambda: len(desktop.standing) == 2)
    assert {one.topic: one.title for one in desktop.standing.values()} == {
        NoticeTopic.CALL: "oSom…001 · shop",
        NoticeTopic.HELD: "oSom…001 · shop",
    }


def test_the_end_of_a_takeover_names_it_only_where_there_are_several() -> None:
    thread = conversation(1, alias="张三")
    notice = return_notice(thread, NOW)
    assert of_account(notice, thread.contact, ["shop"]).title == "张三"
    assert of_account(notice, thread.contact, ["shop", "tea"]).title == f"张三 · {thread.contact.account}"
