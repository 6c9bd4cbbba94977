"""An answer whose parts ask is sent or stopped whole: in the bubble, the strip, the panel after a pause, and by key."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.world import World, open_world
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import Content, Reply, ReplyKind, ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.inbox.held_replies.control import AfterPauseDialog
from wxdesk.ui.inbox.held_replies.view import button_rect
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction, notice_of, offers_in
from wxdesk.ui.inbox.timeline.entries import TimelineEntry
from wxdesk.ui.runtime.bridge import Bridge

CUSTOMER = "oCustomer0000000000000001"
TEXTS = ["We open at 9.", "Closed on Sundays.", "Anything else?"]
THREE = Rule(
    "Three", when=Condition(any=("opening",)), then=tuple(Action(ActionKind.REPLY, text=text) for text in TEXTS)
)
S = ReplyState


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, ReplyMode.HOLD, HandClock()) as made:
        made.call(made.desk.rules.rulebook.save(THREE))
        yield made


@pytest.fixture
def asking(world: World) -> int:
    """A conversation in which three parts of one answer ask, because everything was paused; its id."""
    conversation = world.say(CUSTOMER, "opening?")
    world.call(world.desk.outbox.pause())
    world.move_to(START + timedelta(hours=1))
    world.call(world.desk.outbox.resume())
    return conversation


def bubbles(page: InboxPage) -> list[TimelineEntry]:
    return [entry for entry in page.session.model.rows() if entry.reply is not None]


def states(page: InboxPage) -> list[ReplyState]:
    return [entry.reply.state for entry in bubbles(page) if entry.reply is not None]


def sent(world: World) -> list[str]:
    return [one.text for one in world.sandbox.sent]


def focus(page: InboxPage, at: int) -> None:
    assert page.chat.timeline.focus_on(bubbles(page)[at].key)


@pytest.fixture
def three(qtbot: QtBot, page: InboxPage, opened: Callable[[int], None], asking: int) -> list[Reply]:
    """The three bubbles are shown; the keyboard is at the first."""
    opened(asking)
    qtbot.waitUntil(lambda: states(page) == [S.HELD] * 3)
    focus(page, 0)
    return [entry.reply for entry in bubbles(page) if entry.reply is not None]


def test_the_first_bubble_offers_sending_all_parts_and_each_its_own(page: InboxPage, three: list[Reply]) -> None:
    first, *later = [[offer.action for offer in offers_in(entry)] for entry in bubbles(page)]
    assert first[:2] == [BubbleAction.SEND_ALL, BubbleAction.SEND]
    assert [one[0] for one in later] == [BubbleAction.SEND] * 2
    offer = offers_in(bubbles(page)[0])[0]
    assert (offer.text, offer.main) == ("Send all 3 parts", True)


def test_enter_sends_all_parts_in_order(qtbot: QtBot, world: World, page: InboxPage, three: list[Reply]) -> None:
    qtbot.keyClick(page.chat.timeline, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sent(world) == TEXTS)


def test_ctrl_o_sends_the_first_part_and_leaves_the_rest_as_one_decision(
    qtbot: QtBot, world: World, page: InboxPage, three: list[Reply]
) -> None:
    qtbot.keyClick(page.chat.timeline, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    world.wait_until_sent(three[0].id)
    qtbot.waitUntil(lambda: states(page) == [S.SENT, S.HELD, S.HELD])
    assert offers_in(bubbles(page)[1])[0].text == "Send all 2 parts"
    focus(page, 2)
    qtbot.keyClick(page.chat.timeline, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: states(page) == [S.SENT, S.HELD, S.CANCELLED])
    assert offers_in(bubbles(page)[1])[0].text == "Send"
    assert sent(world) == TEXTS[:1]


def test_esc_at_the_first_part_stops_all_parts(qtbot: QtBot, world: World, page: InboxPage, three: list[Reply]) -> None:
    qtbot.keyClick(page.chat.timeline, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: states(page) == [S.CANCELLED] * 3)
    assert not world.sandbox.sent


def test_editing_the_first_says_that_enter_sends_all_and_does(
    qtbot: QtBot, world: World, page: InboxPage, three: list[Reply]
) -> None:
    composer = page.chat.composer
    qtbot.keyClick(page.chat.timeline, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    words = "You are changing this reply; Enter sends all 3 parts that ask"
    qtbot.waitUntil(lambda: composer.line.words.full_text() == words)
    composer.edit.setPlainText("We open at 10.")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sent(world) == ["We open at 10.", *TEXTS[1:]])


def test_editing_a_later_part_sends_it_behind_the_earlier_ones_and_says_so(
    qtbot: QtBot, world: World, page: InboxPage, three: list[Reply]
) -> None:
    composer = page.chat.composer
    focus(page, 2)
    assert "If you send this one, 2 parts before it leave first." in notice_of(bubbles(page)[2])
    qtbot.keyClick(page.chat.timeline, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    words = "You are changing this reply; Enter sends 2 parts before it, and then this one"
    qtbot.waitUntil(lambda: composer.line.words.full_text() == words)
    composer.edit.setPlainText("Anything more?")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sent(world) == [*TEXTS[:2], "Anything more?"])


def test_enter_pressed_twice_saves_a_change_once(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, three: list[Reply]
) -> None:
    composer, failures = page.chat.composer, list[object]()
    bridge.failed.connect(failures.append)
    qtbot.keyClick(page.chat.timeline, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: composer.editing is not None)
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sent(world) == TEXTS and bridge.is_idle)
    assert failures == []


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_link_that_is_changed_takes_the_parts_behind_it_along(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None], elsewhere: bool
) -> None:
    link = Content(ReplyKind.LINK, title="Sale", url="https://shop.example/sale")
    then = (Action(ActionKind.LINK, content=link), Action(ActionKind.REPLY, text=TEXTS[1]))
    world.call(world.desk.rules.rulebook.save(Rule("Link", when=Condition(any=("sale",)), then=then)))
    other, conversation = world.say("oOther0000000000000000001", "hi"), world.say(CUSTOMER, "sale?")
    world.call(world.desk.outbox.pause())
    world.move_to(START + timedelta(hours=1))
    world.call(world.desk.outbox.resume())
    opened(conversation)
    qtbot.waitUntil(lambda: states(page) == [S.HELD] * 2)
    focus(page, 0)
    qtbot.keyClick(page.chat.timeline, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    panel = page.chat.writing.panels[ReplyKind.LINK]
    qtbot.waitUntil(panel.isVisible)
    panel.fill(replace(link, title="Last day"))
    panel.submit()
    if elsewhere:
        page.open_conversation(other)
    qtbot.waitUntil(lambda: len(world.sandbox.sent) == 2)
    assert world.sandbox.sent[0].content["title"] == "Last day"
    assert sent(world)[1] == TEXTS[1]


@pytest.mark.parametrize("by_key", [True, False])
def test_the_strip_has_one_row_that_sends_the_whole_answer(
    qtbot: QtBot, world: World, page: InboxPage, three: list[Reply], by_key: bool
) -> None:
    strip = page.list.strip
    qtbot.waitUntil(lambda: strip.count.full_text() == "3 replies held")
    assert strip.model.rowCount() == 1
    spoken = strip.model.data(strip.model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert "3 parts: We open at 9." in spoken
    strip.toggle()
    if by_key:
        qtbot.keyClick(strip.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    else:
        rect = button_rect(strip.view.visualRect(strip.model.index(0)), "send")
        qtbot.mouseClick(strip.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    qtbot.waitUntil(lambda: sent(world) == TEXTS)


def test_the_strips_row_stops_the_whole_answer(qtbot: QtBot, world: World, page: InboxPage, three: list[Reply]) -> None:
    strip = page.list.strip
    strip.toggle()
    rect = button_rect(strip.view.visualRect(strip.model.index(0)), "stop")
    qtbot.mouseClick(strip.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    qtbot.waitUntil(lambda: states(page) == [S.CANCELLED] * 3)


@pytest.mark.parametrize("whole", [True, False])
def test_the_panel_after_a_pause_asks_once_for_the_answer(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, three: list[Reply], whole: bool
) -> None:
    held = page.held
    panel = AfterPauseDialog(held.replies, bridge.desk.clock, page.window())
    panel.open()
    assert panel.model.rowCount() == 1
    assert panel.send.text() == "Send all 3"
    if whole:
        qtbot.mouseClick(panel.send, Qt.MouseButton.LeftButton)
    else:
        qtbot.keyClick(panel.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: sent(world) == TEXTS)
    qtbot.waitUntil(lambda: not page.window().findChildren(AfterPauseDialog))
