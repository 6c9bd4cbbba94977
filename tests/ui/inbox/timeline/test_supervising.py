"""F4 beside a held promise of a human, and what strip, chip and header say of replies that have not left."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.store.chats import add_reply
from tests.ui.inbox.conftest import HOURS, shown_reply
from tests.ui.world import World, open_world
from wxdesk.core.conversations.listing import InboxCounts, InboxFilter
from wxdesk.core.conversations.takeover import TakeoverDuration
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Author, Conversation
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyKind, ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.replies.lifecycle import is_taken_over
from wxdesk.core.templates import Prompt, Template
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.shell.pause import PauseBar

type Open = Callable[[int], None]

LI, WANG = "oCustomer0000000000000001", "oCustomer0000000000000002"
HUMAN = Rule(
    "Human",
    when=Condition(any=("human",)),
    then=(Action(ActionKind.REPLY, text="Somebody comes."), Action(ActionKind.TAKE_OVER)),
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, ReplyMode.HOLD, HandClock()) as made:
        for rule in (HUMAN, HOURS):
            made.call(made.desk.rules.rulebook.save(rule))
        yield made


def stored(world: World, conversation_id: int) -> Conversation:
    return world.call(world.store.conversations.get(conversation_id))


def held(qtbot: QtBot, page: InboxPage) -> Reply:
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.HELD) is not None)
    reply = shown_reply(page, ReplyState.HELD)
    assert reply is not None
    return reply


def test_f4_stops_a_held_promise_first_and_hands_back_when_pressed_again(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    chat = world.say(LI, "a human, please")
    opened(chat)
    promise = held(qtbot, page)
    assert is_taken_over(stored(world, chat), world.clock())
    header = page.chat.header
    qtbot.waitUntil(lambda: header.takeover.text() == "Take over")
    qtbot.keyClick(page, Qt.Key.Key_F4)
    qtbot.waitUntil(
        lambda: (
            world.call(world.store.replies.get(promise.id)).state is ReplyState.CANCELLED
            and header.takeover.text() == "Hand back"
        )
    )
    assert is_taken_over(stored(world, chat), world.clock())
    qtbot.keyClick(page, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: not stored(world, chat).taken_over)
    assert not world.sandbox.sent


def test_the_folded_strip_says_what_leaves_next_and_what_asks(qtbot: QtBot, world: World, page: InboxPage) -> None:
    asks = NewReply(world.say(WANG, "hello"), Author.RULE, Content(text="Good morning."), ReplyState.HELD)
    asking = world.call(add_reply(world.store, asks, world.clock()))
    world.say(LI, "opening?")
    strip = page.list.strip
    qtbot.waitUntil(lambda: strip.model.rowCount() == 2)
    world.move_to(START + timedelta(seconds=597))
    page.tick()
    assert strip.count.full_text() == "2 replies held"
    assert strip.earliest.full_text() == "first in 3 s · 1 needs your OK"
    assert strip.model.rows()[-1].reply.id == asking.id


def test_chip_and_strip_use_different_words_for_different_counts(qtbot: QtBot, world: World, page: InboxPage) -> None:
    new = NewReply(world.say(WANG, "hello"), Author.RULE, Content(text="A draft."), ReplyState.DRAFT)
    world.call(add_reply(world.store, new, world.clock()))
    world.say(LI, "opening?")
    qtbot.waitUntil(lambda: page.list.chips.by_filter[InboxFilter.PENDING].text() == "Unsent 2")
    qtbot.waitUntil(lambda: page.list.strip.count.full_text() == "1 reply held")


@pytest.mark.parametrize("panel", ["templates", "form", "link", "card", "text_link"])
def test_a_held_reply_waits_while_the_operator_fills_in_a_panel(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, panel: str
) -> None:
    chat = world.say(LI, "opening?")
    opened(chat)
    reply = held(qtbot, page)
    world.move_to(START + timedelta(seconds=595))
    tell = opener(page, world, panel)
    qtbot.waitUntil(lambda: chat in world.desk.typing.written_in)
    world.move_to(START + timedelta(seconds=604))
    tell()
    qtbot.waitUntil(lambda: world.call(world.store.replies.get(reply.id)).due_at == START + timedelta(seconds=619))
    world.move_to(START + timedelta(seconds=610))
    assert world.call(world.store.replies.get(reply.id)).state is ReplyState.HELD
    contact = world.sandbox.platform.contact(world.sandbox.platform.program(), LI)
    assert not contact.allowance.typing(world.clock()), "the customer is shown no typing where nothing is typed to them"


def opener(page: InboxPage, world: World, panel: str) -> Callable[[], None]:
    """Open a panel by its key; what types a letter into it."""
    chat = page.chat
    panels, templates = chat.writing.panels, chat.writing.templates
    match panel:
        case "templates":
            templates.open_picker()
            field = templates.picker.field
        case "form":
            context = templates._context()
            assert context is not None
            question = Template(1, "Ask", "Order {{ ask.order }}", prompts=(Prompt("order", "Which order?"),))
            templates.form.ask(world.desk.templates.begin(question, context))
            templates.form.open_over(chat.composer)
            [field] = templates.form.fields.values()
        case "link":
            panels.open(ReplyKind.LINK)
            field = panels[ReplyKind.LINK].form.by_name["title"].edit
        case "card":
            panels.open(ReplyKind.CARD)
            field = panels[ReplyKind.CARD].form.by_name["title"].edit
        case _:
            panels.open_text_link()
            field = panels.text_link.url.edit
    return lambda: QTest.keyClick(field, Qt.Key.Key_A)


def test_closing_a_panel_lets_the_held_reply_go_on(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    chat = world.say(LI, "opening?")
    opened(chat)
    page.chat.writing.panels.open(ReplyKind.LINK)
    qtbot.waitUntil(lambda: chat in world.desk.typing.written_in)
    page.chat.writing.panels[ReplyKind.LINK].close_it()
    qtbot.waitUntil(lambda: chat not in world.desk.typing.written_in)


def test_a_narrow_header_says_what_sets_the_mode_and_how_long_a_takeover_lasts(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    window, header = page.window(), page.chat.header
    window.resize(900, 600)
    chat = world.say(LI, "opening?")
    opened(chat)
    qtbot.waitUntil(lambda: header.mode.text() == "Waits · account")
    assert header.mode.accessibleDescription().startswith("Automatic, waits first: set for the account shop.")
    world.call(world.desk.conversations.take_over(chat, TakeoverDuration(span=timedelta(minutes=12))))
    qtbot.waitUntil(lambda: header.mode.text() == "By hand · 12 min")
    window.resize(720, 520)
    qtbot.waitUntil(lambda: "12 min left" in header.mode.accessibleDescription())
    qtbot.mouseClick(header.mode, Qt.MouseButton.LeftButton)
    [menu] = header.findChildren(QMenu)
    assert menu.actions()[0].text().startswith("People answer here until")
    menu.close()


@pytest.mark.parametrize("days", [0, 1])
@pytest.mark.parametrize("count", [0, 12])
def test_the_pause_bar_is_not_cut_in_a_narrow_window(qtbot: QtBot, world: World, count: int, days: int) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(740, 44)
    bar = PauseBar(world.clock, host)
    host.show()
    day = timedelta(days=days)
    bar.show_pause(START - day, START + day)
    bar.show_counts(InboxCounts(automatic=count))
    bar.setGeometry(host.rect())
    bar.show()
    qtbot.waitUntil(lambda: bar.details.width() > 0)
    assert "…" not in bar.details.text()
    assert bar.details.text() == bar.details.full_text() or days
    assert bar.title.sizeHint().width() <= bar.title.width()
