"""Why, asked at one bubble: what is told is about that bubble, where others have another rule, state or author."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.inbox.details.decision import OutcomeRow, VerdictRow
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge

CUSTOMER = "oCustomer0000000000000001"
GREETS = Rule(
    "Greets",
    when=Condition(any=("delivery",)),
    then=(Action(ActionKind.REPLY, text="Good morning."),),
    continues=True,
)
TELLS = Rule("Tells", when=Condition(any=("delivery",)), then=(Action(ActionKind.REPLY, text="In two days."),))


@pytest.fixture
def two(qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None], bridge: Bridge) -> int:
    """A conversation in which two rules answered one message; both replies are held."""
    for rule in (GREETS, TELLS):
        world.call(world.desk.rules.rulebook.save(rule))
    conversation = world.say(CUSTOMER, "delivery?")
    opened(conversation)
    qtbot.waitUntil(lambda: len(bubbles(page)) == 3 and bridge.is_idle)
    return conversation


def bubbles(page: InboxPage) -> list[str]:
    """The keys of message and replies, oldest first."""
    return [entry.key for entry in page.session.model.rows() if entry.message or entry.reply]


def tinted(page: InboxPage) -> list[str]:
    """The rules that are shown as those from which it is."""
    rows = page.detail.decision.findChildren(VerdictRow)
    return [row.accessibleName().split(" · ")[0] for row in rows if row.tinted and not row.isHidden()]


def answers(page: InboxPage) -> list[tuple[str, str]]:
    rows = [row for row in page.detail.decision.findChildren(OutcomeRow) if not row.isHidden()]
    return [(row.line.words, row.line.status) for row in rows]


@pytest.mark.parametrize(("at", "rule"), [(1, "Greets"), (2, "Tells")])
def test_each_reply_names_the_rule_that_wrote_it(qtbot: QtBot, page: InboxPage, two: int, at: int, rule: str) -> None:
    page.chat.timeline.focus_on(bubbles(page)[at])
    words = f"“{rule}” wrote this one. Other rules answered as well."
    qtbot.waitUntil(lambda: page.detail.decision.sentence.full_text() == words)
    qtbot.waitUntil(lambda: tinted(page) == [f"Matched: {rule}"])
    assert not answers(page)


def test_the_message_tells_of_each_reply_where_it_stands(qtbot: QtBot, world: World, page: InboxPage, two: int) -> None:
    message, first, _ = bubbles(page)
    page.chat.timeline.focus_on(message)
    qtbot.waitUntil(lambda: [words for words, _ in answers(page)] == ["Good morning.", "In two days."])
    assert all(standing.startswith("Held until ") for _, standing in answers(page))
    world.call(world.desk.replies.release(int(first[1:])))
    qtbot.waitUntil(lambda: [standing.split(" ")[0] for _, standing in answers(page)] == ["Accepted", "Held"])
    world.call(world.desk.outbox.pause())
    qtbot.waitUntil(lambda: [standing for _, standing in answers(page)][1:] == ["Held, everything is paused"])


def test_an_operators_message_is_not_explained_by_the_newest_decision(
    qtbot: QtBot, world: World, page: InboxPage, two: int
) -> None:
    written = world.call(world.desk.replies.write(two, "I am looking."))
    world.wait_until_sent(written.id)
    qtbot.waitUntil(lambda: f"r{written.id}" in bubbles(page))
    page.chat.timeline.focus_on(f"r{written.id}")
    words = "You wrote this one. No rule had a part in it."
    qtbot.waitUntil(lambda: page.detail.decision.sentence.full_text() == words)
    assert not page.detail.decision.card.isVisible()


def test_an_older_reply_is_explained_by_its_own_decision(
    qtbot: QtBot, world: World, page: InboxPage, two: int, bridge: Bridge
) -> None:
    first = bubbles(page)[1]
    for key in (first, bubbles(page)[2]):
        world.call(world.desk.replies.release(int(key[1:])))
        world.wait_until_sent(int(key[1:]))
    world.say(CUSTOMER, "opening?")
    qtbot.waitUntil(lambda: len(bubbles(page)) == 5 and bridge.is_idle)
    page.chat.timeline.focus_on(first)
    qtbot.waitUntil(lambda: page.detail.decision.about.full_text() == "About “delivery?”")
    qtbot.waitUntil(lambda: tinted(page) == ["Matched: Greets"])
    newest = bubbles(page)[-1]
    page.chat.timeline.focus_on(newest)
    qtbot.waitUntil(lambda: page.detail.decision.about.full_text() == "About “opening?”")
    reply = page.session.known.reply(newest)
    assert reply is not None
    assert reply.state is ReplyState.HELD
    qtbot.waitUntil(lambda: tinted(page) == ["Matched: Hours"])
