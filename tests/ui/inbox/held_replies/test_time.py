"""Held replies as time passes, by a clock that the test moves: the bar, the operator who writes, the window's end."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.store.chats import add_reply
from tests.ui.inbox.conftest import HOURS, shown_reply
from tests.ui.world import World, open_world
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.preferences import LastMoment, Preferences
from wxdesk.core.replies.lifecycle import AFTER_PAUSE
from wxdesk.core.replies.on_new_message import HANDED_OVER, LAST_MOMENT
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.entries import EntryKind
from wxdesk.ui.look.theme import Theme
from wxdesk.ui.runtime.bridge import Bridge

LI = "oCustomer0000000000000001"
HELD_FOR = 600
"""Seconds, as `open_world` sets it."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, ReplyMode.HOLD, HandClock()) as made:
        made.call(made.desk.rules.rulebook.save(HOURS))
        yield made


@pytest.fixture
def held(qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None]) -> Reply:
    """A reply that leaves in ten minutes, in the open conversation."""
    opened(world.say(LI, "opening?"))
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.HELD) is not None)
    reply = shown_reply(page, ReplyState.HELD)
    assert reply is not None
    return reply


def pass_to(world: World, page: InboxPage, seconds: float) -> None:
    """So much time has passed since the start; the page's own beat notices."""
    world.move_to(START + timedelta(seconds=seconds))
    page.tick()


def said(page: InboxPage) -> str:
    """What the last bubble says, for a screen reader and on the screen alike."""
    model = page.session.model
    text: str = model.data(model.index(model.rowCount() - 1), Qt.ItemDataRole.AccessibleTextRole)
    return text


def bar_share(page: InboxPage) -> float:
    """How much of the bar of the last bubble is painted as what is left."""
    view, model = page.chat.timeline, page.session.model
    view.scrollToBottom()
    index = model.index(model.rowCount() - 1)
    bar = view.bubbles.layout_of(model.rows()[-1]).bar.translated(view.visualRect(index).topLeft()).toRect()
    image = view.viewport().grab(bar).toImage()
    left = Theme.current().color("pending_line").rgb()
    row = image.height() // 2
    return sum(image.pixelColor(x, row).rgb() == left for x in range(image.width())) / image.width()


def test_the_bar_shrinks_with_the_time_that_is_left_until_the_reply_leaves(
    qtbot: QtBot, world: World, page: InboxPage, held: Reply
) -> None:
    for seconds, words, share in ((0, "10 min", 1.0), (300, "5 min", 0.5), (450, "2 min", 0.25), (595, "5 s", 0.01)):
        pass_to(world, page, seconds)
        assert f"Sends in {words}" in said(page)
        assert bar_share(page) == pytest.approx(share, abs=0.03)
        assert not world.sandbox.sent
    pass_to(world, page, HELD_FOR)
    world.wait_until_sent(held.id)
    qtbot.waitUntil(lambda: "Accepted by WeChat" in said(page))
    assert [one.text for one in world.sandbox.sent] == ["We open at 9."]


def test_a_reply_waits_while_the_operator_writes_and_both_bubble_and_strip_say_so(
    qtbot: QtBot, world: World, page: InboxPage, held: Reply, bridge: Bridge
) -> None:
    strip = page.list.strip
    pass_to(world, page, 595)
    qtbot.keyClicks(page.chat.composer.edit, "One")
    qtbot.waitUntil(lambda: "Waits while you write" in said(page))
    qtbot.waitUntil(lambda: strip.earliest.full_text() == "waits while you write")
    assert bar_share(page) == pytest.approx(1.0, abs=0.02)
    pass_to(world, page, 604)  # past its time: nothing leaves, the operator may go on writing
    qtbot.keyClicks(page.chat.composer.edit, " moment")
    qtbot.waitUntil(lambda: bridge.is_idle)  # the desk knows of each key, at the time of that key
    assert "Waits while you write" in said(page)
    pass_to(world, page, 664)  # a minute without a key: typing has ended, and it is told when the reply leaves
    qtbot.waitUntil(lambda: "Sends in 5 s" in said(page))
    qtbot.waitUntil(lambda: strip.earliest.full_text() == "first in 5 s")
    assert not world.sandbox.sent
    pass_to(world, page, 669)
    world.wait_until_sent(held.id)


def test_an_emptied_composer_lets_the_held_reply_go_after_a_moment(
    qtbot: QtBot, world: World, page: InboxPage, held: Reply
) -> None:
    pass_to(world, page, 598)
    qtbot.keyClicks(page.chat.composer.edit, "x")
    qtbot.waitUntil(lambda: "Waits while you write" in said(page))
    qtbot.keyClick(page.chat.composer.edit, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: "Waits while you write" not in said(page))
    assert not world.sandbox.sent


def until_the_window_closes(qtbot: QtBot, world: World, page: InboxPage, held: Reply) -> Reply:
    """A reply that is held until the last moment of the reply window; the other is stopped."""
    world.call(world.desk.replies.cancel(held.id))
    closes_at = world.call(world.store.conversations.get(held.conversation_id)).window.until
    assert closes_at is not None
    new = NewReply(
        held.conversation_id, Author.RULE, Content(text="Soon."), ReplyState.HELD, due_at=closes_at - LAST_MOMENT
    )
    made = world.call(add_reply(world.store, new, START))
    world.move_to(closes_at - LAST_MOMENT - timedelta(seconds=20))
    world.call(world.desk.conversations.mark_read(held.conversation_id))
    page.session.open(held.conversation_id)
    page.held.replies.load()
    qtbot.waitUntil(lambda: "Soon." in said(page))
    return made


def test_a_reply_is_handed_over_before_the_window_closes_and_says_so_before(
    qtbot: QtBot, world: World, page: InboxPage, held: Reply
) -> None:
    made = until_the_window_closes(qtbot, world, page, held)
    assert "Handed to you in 20 s" in said(page)
    assert "just before the reply window closes." in said(page)
    qtbot.waitUntil(lambda: page.list.strip.earliest.full_text() == "yours in 20 s")
    assert made.due_at is not None
    pass_to(world, page, (made.due_at - START).total_seconds())
    qtbot.waitUntil(lambda: "Draft, waits for you" in said(page))
    assert HANDED_OVER in said(page)
    assert not world.sandbox.sent


def test_a_reply_due_at_the_closing_window_is_sent_if_the_preference_says_so(
    qtbot: QtBot, world: World, page: InboxPage, held: Reply, bridge: Bridge
) -> None:
    made = until_the_window_closes(qtbot, world, page, held)
    world.call(world.desk.preferences.set(Preferences(last_moment=LastMoment.SEND)))
    qtbot.waitUntil(lambda: "Sends in 20 s" in said(page) and "Sent at " in said(page))
    assert made.due_at is not None
    pass_to(world, page, (made.due_at - START).total_seconds())
    world.wait_until_sent(made.id)
    qtbot.waitUntil(lambda: "Accepted by WeChat" in said(page))


def test_after_a_pause_the_bubble_says_that_it_was_paused_and_no_mode(
    qtbot: QtBot, world: World, page: InboxPage, held: Reply
) -> None:
    assert "set for the account" in said(page)
    world.call(world.desk.outbox.pause())
    pass_to(world, page, HELD_FOR + 1)
    world.call(world.desk.outbox.resume())
    qtbot.waitUntil(lambda: AFTER_PAUSE in said(page))
    assert "set for the account" not in said(page)


def test_the_days_between_the_bubbles_are_named_anew_when_another_begins(
    qtbot: QtBot, world: World, page: InboxPage, held: Reply
) -> None:
    days = [entry.text for entry in page.session.model.rows() if entry.kind is EntryKind.DAY]
    assert days == ["Today"]
    pass_to(world, page, 24 * 3600)
    days = [entry.text for entry in page.session.model.rows() if entry.kind is EntryKind.DAY]
    assert days == ["Yesterday"]
