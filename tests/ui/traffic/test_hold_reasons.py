"""The way of a push tells of its replies what their bubbles tell: why they do not leave although their time comes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import HandClock
from tests.ui.conftest import ShowPage
from tests.ui.traffic.test_page import step_texts
from tests.ui.world import World, open_world
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.preferences import LastMoment
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.ui.traffic.page import TrafficPage

WANG = "oAbCdEfGhIjKlMnOpQrStUvWxYz1"
TWO = (Action(ActionKind.REPLY, text="We open at 9."), Action(ActionKind.REPLY, text="Closed on Sundays."))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, ReplyMode.HOLD, HandClock()) as made:
        made.call(made.desk.rules.rulebook.save(Rule("Hours", when=Condition(any=("opening",)), then=TWO)))
        yield made


@pytest.fixture
def conversation(world: World) -> int:
    """Both parts of its answer leave in ten minutes."""
    return world.say(WANG, "opening?")


def show(qtbot: QtBot, show_page: ShowPage) -> TrafficPage:
    """The traffic page, at the push."""
    page = show_page(TrafficPage, 1216, 736)
    page.header.kind.show_value("From WeChat")
    qtbot.waitUntil(lambda: page.shown.rowCount() == 1)
    page.view.selectRow(0)
    return page


def replies(page: TrafficPage) -> list[str]:
    return [text.split(" · ")[0] for name, text in step_texts(page.detail.steps) if name == "Reply"]


def until(qtbot: QtBot, page: TrafficPage, *said: str) -> None:
    qtbot.waitUntil(lambda: replies(page) == list(said))


def test_the_page_says_that_a_reply_waits_while_the_operator_types(
    qtbot: QtBot, world: World, conversation: int, show_page: ShowPage
) -> None:
    world.call(world.desk.typing.show(conversation))
    page = show(qtbot, show_page)
    until(qtbot, page, *["Waits while you write"] * 2)
    world.call(world.desk.typing.stop(conversation))
    until(qtbot, page, *["Sends in 10 min"] * 2)


def test_the_page_says_that_a_pause_holds_a_reply(
    qtbot: QtBot, world: World, conversation: int, show_page: ShowPage
) -> None:
    page = show(qtbot, show_page)
    world.call(world.desk.outbox.pause())
    until(qtbot, page, *["Held, everything is paused"] * 2)
    world.call(world.desk.outbox.resume())
    until(qtbot, page, *["Sends in 10 min"] * 2)


def test_the_page_says_that_a_reply_is_handed_over_as_the_window_closes(
    qtbot: QtBot, world: World, show_page: ShowPage
) -> None:
    greeting = Rule("Greeting", on=frozenset({MessageType.ENTER_SESSION}), then=TWO[:1])
    world.call(world.desk.rules.rulebook.save(greeting))
    kept = world.desk.preferences
    world.call(kept.set(replace(kept.now, last_moment=LastMoment.HAND_OVER)))
    world.enter(WANG)  # it allows replies for a minute, 10 seconds before whose end the desk decides
    page = show(qtbot, show_page)
    until(qtbot, page, "Handed to you in 50 s")
    world.call(kept.set(replace(kept.now, last_moment=LastMoment.SEND)))
    until(qtbot, page, "Sends in 50 s")


def test_the_part_behind_one_that_failed_says_so(
    qtbot: QtBot, world: World, conversation: int, show_page: ShowPage
) -> None:
    world.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=87014))
    world.call(world.desk.replies.release(1))
    world.wait_until_sent(1)
    page = show(qtbot, show_page)
    until(qtbot, page, "Failed 87014", "Waits for the part before it")
