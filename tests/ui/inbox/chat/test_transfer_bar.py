"""Handing a customer over to WeChat's own tool, seen in the window: before, while the desk is blind, and taken back."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.inbox.records import NOW, row
from tests.ui.world import World, open_world
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.wording.conversation import accessible_row_text, status_of_row
from wxdesk.ui.wording.times import clock_time

type Open = Callable[[int], None]
OPENID = "oLiLei000000000000000000000a"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path) as opened:
        rules = (
            Rule("To the tool", when=Condition(any=("person",)), then=(Action(ActionKind.TRANSFER),)),
            Rule("Hours", when=Condition(any=("opening",)), then=(Action(ActionKind.REPLY, text="At 9."),)),
        )
        for rule in rules:
            opened.call(opened.desk.rules.rulebook.save(rule))
        yield opened


def dialog(page: InboxPage) -> ConfirmDialog:
    return next(one for one in page.window().findChildren(ConfirmDialog) if one.isVisible())


def until_of(world: World, conversation_id: int) -> datetime:
    until = world.call(world.store.conversations.get(conversation_id)).transferred_until
    assert until is not None
    return until


def test_a_transfer_is_armed_and_disarmed_by_the_operator(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    number = world.say(OPENID, "hello")
    opened(number)
    bar = page.chat.transfer
    assert bar.text == ""
    qtbot.mouseClick(page.chat.header.transfer, Qt.MouseButton.LeftButton)
    asked = dialog(page)
    for label in asked.findChildren(PlainLabel):
        assert label.height() >= label.heightForWidth(label.width())  # nothing of the explanation is cut off
    qtbot.mouseClick(asked.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "next message leads over" in bar.text)
    assert world.call(world.store.conversations.get(number)).transfer_armed
    qtbot.mouseClick(bar.back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.text == "")
    assert not world.call(world.store.conversations.get(number)).transfer_armed


def test_declining_the_question_arms_no_transfer(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, bridge: Bridge
) -> None:
    number = world.say(OPENID, "hello")
    opened(number)
    qtbot.mouseClick(page.chat.header.transfer, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(dialog(page).cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert not world.call(world.store.conversations.get(number)).transfer_armed


def test_a_bar_says_that_messages_stay_unseen_while_the_tool_has_the_customer(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    number = world.say(OPENID, "I want a person")
    opened(number)
    bar = page.chat.transfer
    time = clock_time(until_of(world, number))
    qtbot.waitUntil(lambda: f"It ends at {time} at the latest" in bar.text)
    qtbot.waitUntil(
        lambda: page.detail.decision.sentence.full_text().startswith("“To the tool” handed the customer over")
    )
    page.chat.tick(until_of(world, number))
    assert bar.text == ""
    page.chat.tick(until_of(world, number) - timedelta(seconds=1))
    qtbot.mouseClick(bar.back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.text == "")
    assert world.call(world.store.conversations.get(number)).transferred_until is None


def test_the_list_says_that_a_transfer_is_armed() -> None:
    until = NOW + timedelta(minutes=20)
    away = row(1, transferred_until=until, waiting=5)
    assert status_of_row(away, NOW).text == f"In WeChat's tool until {clock_time(until)}"
    assert "In WeChat's tool" in accessible_row_text(away, NOW, status_of_row(away, NOW))
    assert status_of_row(away, until).text == "Unanswered"
    assert status_of_row(row(1, transfer_armed=True), NOW).text == "Goes to WeChat's tool"


@pytest.mark.parametrize("width", [640, 1280])
def test_the_bar_widens_nothing(qtbot: QtBot, world: World, page: InboxPage, opened: Open, width: int) -> None:
    opened(world.say(OPENID, "I want a person"))
    qtbot.waitUntil(lambda: page.chat.transfer.text != "")
    page.window().resize(width, 600)
    assert page.chat.transfer.minimumSizeHint().width() <= 360
    assert page.window().width() == width
