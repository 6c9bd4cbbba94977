"""A conversation that a rule hands over while its reply waits says one thing in each of its places."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.inbox.conftest import HOURS, shown_reply, texts
from tests.ui.world import World, open_world
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction, caption_of, offers_of

LI = "oCustomer0000000000000001"
REFUND = Rule(
    "Refund",
    when=Condition(any=("refund",)),
    then=(Action(ActionKind.REPLY, text="Somebody comes."), Action(ActionKind.TAKE_OVER)),
)
YOURS_NEXT = (
    "“Refund” hands this conversation to people. "
    "Its reply still leaves, then rules keep quiet until it is handed back or resolved."
)
YOURS = "“Refund” handed this conversation to people: rules keep quiet until it is handed back or resolved."


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, ReplyMode.HOLD, HandClock()) as made:
        for rule in (REFUND, HOURS):
            made.call(made.desk.rules.rulebook.save(rule))
        yield made


@pytest.fixture
def thread(qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None]) -> int:
    conversation_id = world.say(LI, "a refund, please")
    opened(conversation_id)
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.HELD) is not None)
    return conversation_id


def held(page: InboxPage) -> Reply:
    reply = shown_reply(page, ReplyState.HELD)
    assert reply is not None
    return reply


def told(page: InboxPage) -> tuple[str, str, str]:
    """Chip, button and panel."""
    return page.chat.header.mode.text(), page.chat.header.takeover.text(), page.detail.speaker.full_text()


def test_while_the_handing_over_reply_is_held_f4_takes_over_at_once(qtbot: QtBot, page: InboxPage, thread: int) -> None:
    qtbot.waitUntil(lambda: told(page) == ("By hand after this reply", "Take over", YOURS_NEXT))
    assert BubbleAction.TAKE_OVER in [offer.action for offer in offers_of(held(page))]
    qtbot.keyClick(page, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.CANCELLED) is not None)
    mine = "People answer here until it is handed back. Automatic replies keep quiet."
    qtbot.waitUntil(lambda: told(page) == ("By hand", "Hand back", mine))


def test_while_the_handing_over_reply_asks_f4_hands_back(
    qtbot: QtBot, world: World, page: InboxPage, thread: int
) -> None:
    world.call(world.desk.outbox.pause(None))
    world.move_to(START + timedelta(seconds=601))
    world.call(world.desk.outbox.resume())
    qtbot.waitUntil(lambda: told(page) == ("By hand", "Hand back", YOURS))
    assert held(page).due_at is None
    assert BubbleAction.TAKE_OVER not in [offer.action for offer in offers_of(held(page))]
    qtbot.keyClick(page, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: page.chat.header.takeover.text() == "Take over")
    assert not world.call(world.store.conversations.get(thread)).taken_over


def test_a_message_restarts_the_handing_over_replys_hold_and_stands_above_it(
    qtbot: QtBot, world: World, page: InboxPage, thread: int
) -> None:
    reply = held(page)
    world.move_to(START + timedelta(seconds=300))
    world.say(LI, "anybody?")
    qtbot.waitUntil(lambda: held(page).due_at == START + timedelta(seconds=900))
    assert texts(page)[-1:] == ["anybody?"]
    [line] = [entry for entry in page.session.model.rows() if entry.silence is not None]
    assert [part.text for part in caption_of(line, world.clock())][1] == "Nobody answered: in human hands"
    decision = "“Refund” had handed this conversation to people, so the rules kept quiet."
    qtbot.waitUntil(lambda: page.detail.decision.sentence.full_text() == decision)
    world.move_to(START + timedelta(seconds=901))
    world.wait_until_sent(reply.id)
    qtbot.waitUntil(lambda: texts(page) == ["a refund, please", "anybody?", "Somebody comes."])
    qtbot.waitUntil(lambda: told(page) == ("By hand", "Hand back", YOURS))
