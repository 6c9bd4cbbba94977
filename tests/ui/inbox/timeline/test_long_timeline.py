"""A long conversation is read in pages, upwards and downwards, and a search leads into the middle of it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from tests.store.chats import add_reply
from tests.ui.inbox.conftest import shown_messages
from tests.ui.world import World
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.push import BodyFormat, Incoming, Push
from wxdesk.core.model.reply import Content, NewReply, ReplyState
from wxdesk.desk.conversations.inbox_queries import TIMELINE_PAGE
from wxdesk.store.messages.deriving import UnderivedPush
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge

type Open = Callable[[int], None]

MANY = 400
OPENID = "oCustomer0000000000000009"


async def write_many(world: World, count: int) -> int:
    """`count` messages of one customer, three minutes apart, with a silence of ten days in the middle."""
    store, now = world.store, world.desk.clock()
    account = next(iter(world.desk.accounts))
    derive = []
    for n in range(count):
        before = timedelta(minutes=3) * (count - n) + (timedelta(days=10) if n < count // 2 else timedelta())
        at = (now - before).replace(microsecond=0)
        text = "the needle" if n == 150 else f"message {n}"
        incoming = Incoming("gh", OPENID, at, MessageType.TEXT, "text", msg_id=str(n), text=text)
        push = Push(account, f"k{n}", b"{}", BodyFormat.JSON, at, incoming)
        push_id = await store.pushes.keep(push)
        assert push_id is not None
        derive.append(UnderivedPush(push_id, account, at, incoming))
    made = await store.pushes.derive(derive)
    return made[-1].conversation.id


@pytest.fixture
def conversation_id(world: World) -> int:
    made = world.call(write_many(world, MANY))
    world.call(world.desk.conversations.mark_read(made))
    return made


def numbers(page: InboxPage) -> list[int]:
    found = [message.text.removeprefix("message ") for message in shown_messages(page)]
    return [150 if text == "the needle" else int(text) for text in found]


def test_only_the_newest_page_is_read_at_first_and_the_next_on_scrolling(
    qtbot: QtBot, page: InboxPage, opened: Open, conversation_id: int
) -> None:
    opened(conversation_id)
    assert numbers(page) == list(range(MANY - TIMELINE_PAGE, MANY))
    view = page.chat.timeline
    view.verticalScrollBar().setValue(view.verticalScrollBar().minimum())
    qtbot.waitUntil(lambda: len(numbers(page)) == 2 * TIMELINE_PAGE)
    assert numbers(page) == list(range(MANY - 2 * TIMELINE_PAGE, MANY))
    assert not view.at_end()


def read_back(qtbot: QtBot, page: InboxPage, pages: int) -> None:
    """Scroll upwards until so many pages are there."""
    bar = page.chat.timeline.verticalScrollBar()
    for count in range(2, pages + 1):
        bar.setValue(bar.minimum())
        qtbot.waitUntil(partial(lambda wanted: len(page.session.known.in_order()) == wanted, count * TIMELINE_PAGE))


def test_pages_above_are_forgotten_once_the_operator_is_back_at_the_end(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open, conversation_id: int
) -> None:
    opened(conversation_id)
    read_back(qtbot, page, 3)
    world.say(OPENID, f"message {MANY}")
    qtbot.waitUntil(lambda: numbers(page)[-1] == MANY and bridge.is_idle)
    assert len(numbers(page)) == 3 * TIMELINE_PAGE + 1  # somebody looks at them
    page.chat.timeline.to_end()
    world.say(OPENID, f"message {MANY + 1}")
    qtbot.waitUntil(lambda: numbers(page) == list(range(MANY + 2 - TIMELINE_PAGE, MANY + 2)))
    assert page.chat.timeline.at_end()
    read_back(qtbot, page, 2)
    assert numbers(page) == list(range(MANY + 2 - 2 * TIMELINE_PAGE, MANY + 2))


def test_pages_above_stay_while_a_reply_there_can_be_edited(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open, conversation_id: int
) -> None:
    draft = NewReply(conversation_id, Author.RULE, Content(text="a draft"), ReplyState.DRAFT)
    made = world.call(add_reply(world.store, draft, world.desk.clock() - timedelta(minutes=3) * 2 * TIMELINE_PAGE))
    opened(conversation_id)
    read_back(qtbot, page, 3)
    page.chat.timeline.to_end()
    world.say(OPENID, f"message {MANY}")
    qtbot.waitUntil(lambda: numbers(page)[-1] == MANY and bridge.is_idle)
    assert page.session.model.record(f"r{made.id}") is not None


def test_a_hit_far_back_is_shown_with_neighbours_and_scrolling_reads_the_rest(
    qtbot: QtBot, page: InboxPage, bridge: Bridge, conversation_id: int
) -> None:
    shown_first: list[list[int]] = []
    page.session.opened.connect(lambda: shown_first.append(numbers(page)))
    page.list.search.setText("needle")
    qtbot.waitUntil(lambda: page.list.hits.rowCount() == 1)
    page.list.found.activated.emit(page.list.hits.index(0))
    qtbot.waitUntil(lambda: page.chat.timeline.bubbles.marked != "")
    [first] = shown_first  # the next page may be read by now
    assert 150 in first
    assert len(first) <= TIMELINE_PAGE
    qtbot.waitUntil(page.chat.timeline.jump.isVisible)
    bar = page.chat.timeline.verticalScrollBar()

    def goes_on(last: int) -> bool:
        return bridge.is_idle and (numbers(page)[-1] > last or page.session.known.to_end)

    while not page.session.known.to_end:
        before = numbers(page)[-1]
        bar.setValue(bar.minimum())
        bar.setValue(bar.maximum())
        qtbot.waitUntil(partial(goes_on, before))
    read = numbers(page)
    assert read == list(range(read[0], MANY))


def test_the_newest_is_one_press_away_from_a_hit(qtbot: QtBot, page: InboxPage, conversation_id: int) -> None:
    page.list.search.setText("needle")
    qtbot.waitUntil(lambda: page.list.hits.rowCount() == 1)
    page.list.found.activated.emit(page.list.hits.index(0))
    qtbot.waitUntil(lambda: page.chat.timeline.bubbles.marked != "")
    qtbot.waitUntil(page.chat.timeline.jump.isVisible)
    page.chat.timeline.jump.click()
    qtbot.waitUntil(lambda: bool(numbers(page)) and numbers(page)[-1] == MANY - 1)
    qtbot.waitUntil(page.chat.timeline.at_end)


def test_unread_messages_have_a_bar_above_them(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, conversation_id: int
) -> None:
    world.say(OPENID, "new one")
    world.say(OPENID, "new two")
    opened(conversation_id)
    keys = [entry.key for entry in page.session.model.rows()]
    after = [entry.text for entry in page.session.model.rows()[keys.index("unread") + 1 :]]
    assert after == ["new one", "new two"]
