"""Undo send in the window: the bubble says how long, Ctrl+Z and its link take the reply back into the composer."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.inbox.conftest import HOURS, shown_reply, texts
from tests.ui.world import World, open_world
from wxdesk.core.model.reply import Content, Reply, ReplyKind, ReplyState
from wxdesk.core.model.rule import Delivery
from wxdesk.core.replies.on_new_message import WORD_TAKEN_BACK
from wxdesk.desk.replies import outbox
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.bubble_text import accessible_entry, buttons_in, caption_of, notice_of
from wxdesk.ui.inbox.timeline.bubbles.layout import place_caption
from wxdesk.ui.inbox.timeline.entries import TimelineEntry
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.wording.conversation import status_of_row

HELD_RULE = replace(HOURS, delivery=Delivery.HOLD, hold_seconds=60)
LI, HAN = "oCustomer0000000000000001", "oCustomer0000000000000002"
SECOND = timedelta(seconds=1)
S = ReplyState

type Open = Callable[[int], None]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, clock=HandClock(), undo_seconds=3) as opened:
        yield opened


@pytest.fixture
def thread(world: World, page: InboxPage, opened: Open) -> int:
    """An open conversation, its composer in focus."""
    conversation_id = world.say(LI, "hello")
    opened(conversation_id)
    page.chat.composer.edit.setFocus()
    return conversation_id


def send(qtbot: QtBot, page: InboxPage, text: str) -> Reply:
    """Write `text` and press Enter; the reply, once its bubble counts down."""
    edit = page.chat.composer.edit
    QTest.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)

    def counting() -> Reply | None:
        reply = shown_reply(page, S.HELD)
        return reply if reply is not None and reply.content.text == text else None

    qtbot.waitUntil(lambda: counting() is not None and not edit.toPlainText())
    reply = counting()
    assert reply is not None
    return reply


def entry_of(page: InboxPage, reply: Reply) -> TimelineEntry:
    return next(entry for entry in page.session.model.rows() if entry.key == f"r{reply.id}")


def caption(page: InboxPage, world: World, reply: Reply) -> list[str]:
    return [part.text for part in caption_of(entry_of(page, reply), world.clock())]


def undo_by_key(qtbot: QtBot, page: InboxPage) -> None:
    qtbot.keyClick(page.chat.composer.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def test_the_bubble_counts_down_and_then_stays_as_it_is(
    qtbot: QtBot, world: World, page: InboxPage, thread: int, bridge: Bridge
) -> None:
    reply = send(qtbot, page, "We open at nine.")
    assert caption(page, world, reply) == ["Sends in 3 s", "Undo send"]
    assert accessible_entry(entry_of(page, reply), world.clock()) == "We open at nine., Sends in 3 s, Undo send Esc"
    view = page.chat.timeline
    before = view.bubbles.layout_of(entry_of(page, reply))
    assert not before.buttons
    qtbot.waitUntil(lambda: page.session.row is not None and bridge.is_idle)
    row = page.session.row
    assert row is not None
    assert status_of_row(row, world.clock()).text == "Sends in 3 s"
    assert page.held.replies.held == ()
    world.move_to(START + 2 * SECOND)
    assert caption(page, world, reply) == ["Sends in 1 s", "Undo send"]
    world.move_to(START + 3 * SECOND)
    qtbot.waitUntil(lambda: shown_reply(page, S.SENT) is not None)
    after = view.bubbles.layout_of(entry_of(page, reply))
    assert (after.bubble, after.height) == (before.bubble, before.height)


def test_ctrl_z_in_an_empty_reply_takes_the_last_one_back(
    qtbot: QtBot, world: World, page: InboxPage, thread: int
) -> None:
    send(qtbot, page, "first")
    wrong = send(qtbot, page, "wrong")
    undo_by_key(qtbot, page)
    edit = page.chat.composer.edit
    qtbot.waitUntil(lambda: edit.toPlainText() == "wrong")
    qtbot.waitUntil(lambda: caption(page, world, wrong)[-2:] == ["Taken back", "Use its text"])
    assert edit.textCursor().atEnd()
    QTest.keyClicks(edit, "!")
    undo_by_key(qtbot, page)  # it is not empty: this undoes what was typed
    assert edit.toPlainText() == "wrong"
    world.move_to(START + 3 * SECOND)
    qtbot.waitUntil(lambda: shown_reply(page, S.SENT) is not None)
    assert [sent.text for sent in world.sandbox.sent] == ["first"]


def test_a_rules_held_reply_stays_as_a_draft_and_asks_again_after_undo(
    qtbot: QtBot, world: World, page: InboxPage, thread: int, bridge: Bridge
) -> None:
    world.call(world.desk.rules.rulebook.save(HELD_RULE))
    world.say(LI, "opening hours?")
    qtbot.waitUntil(lambda: shown_reply(page, S.HELD) is not None)
    of_the_rule = shown_reply(page, S.HELD)
    assert of_the_rule is not None

    def standing() -> list[str]:
        return caption(page, world, of_the_rule)

    def in_row() -> int | None:
        return None if page.session.row is None else page.session.row.drafts

    send(qtbot, page, "At ten.")
    qtbot.waitUntil(lambda: "Draft, you wrote instead" in standing())
    assert standing()[-4:] == ["Send after all", "Edit", "Throw away", "Why"]
    assert buttons_in(entry_of(page, of_the_rule)) == ()
    qtbot.waitUntil(lambda: bridge.is_idle and in_row() == 0)
    undo_by_key(qtbot, page)
    qtbot.waitUntil(lambda: standing()[0] == "Draft, waits for you")
    entry = entry_of(page, of_the_rule)
    assert [offer.text for offer in buttons_in(entry)] == ["Send", "Edit", "Throw away"]
    assert notice_of(entry) == WORD_TAKEN_BACK
    qtbot.waitUntil(lambda: in_row() == 1)


def test_the_link_in_the_caption_undoes_and_keeps_what_was_begun(
    qtbot: QtBot, world: World, page: InboxPage, thread: int
) -> None:
    reply = send(qtbot, page, "wrong")
    QTest.keyClicks(page.chat.composer.edit, "and then")
    view = page.chat.timeline
    entry = entry_of(page, reply)
    layout = view.bubbles.layout_of(entry)
    links = [one for one in place_caption(caption_of(entry, world.clock()), layout) if one.part.action is not None]
    row = view.visualRect(page.session.model.index(page.session.model.row_of(entry.key)))
    at = (QPointF(row.topLeft()) + links[0].rect.center()).toPoint()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: page.chat.composer.edit.toPlainText() == "wrong\nand then")
    assert page.chat.composer.edit.textCursor().atEnd()
    world.move_to(START + 9 * SECOND)
    assert world.sandbox.sent == ()


def test_what_is_taken_back_while_the_next_is_stored_keeps_nothing_of_that(
    qtbot: QtBot, world: World, page: InboxPage, thread: int, bridge: Bridge
) -> None:
    reply, edit = send(qtbot, page, "wrong"), page.chat.composer.edit
    page.chat.writing.sending.take_back(reply)  # answered before the next one is stored
    QTest.keyClicks(edit, "next")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bridge.is_idle)
    world.move_to(START + 9 * SECOND)
    qtbot.waitUntil(lambda: [sent.text for sent in world.sandbox.sent] == ["next"])
    assert edit.toPlainText() == "wrong", "else it would be sent twice"


def test_esc_on_the_bubble_undoes(qtbot: QtBot, world: World, page: InboxPage, thread: int) -> None:
    reply = send(qtbot, page, "wrong")
    assert page.chat.timeline.focus_on(f"r{reply.id}")
    qtbot.keyClick(page.chat.timeline, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.chat.composer.edit.toPlainText() == "wrong")


def test_too_late_is_said_calmly(qtbot: QtBot, world: World, page: InboxPage, thread: int, bridge: Bridge) -> None:
    reply = send(qtbot, page, "gone")
    world.move_to(START + 3 * SECOND)
    world.wait_until_sent(reply.id)
    page.chat.writing.sending.take_back(reply)  # as it stood on the screen when it was pressed
    toast = page.chat._bridge.notices._toast
    qtbot.waitUntil(lambda: toast.isVisible())
    assert toast._label.full_text() == "Too late to undo: it has already been sent."
    assert page.chat.composer.edit.toPlainText() == ""
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert len(world.sandbox.sent) == 1


def test_a_long_text_comes_back_as_it_was_written(qtbot: QtBot, world: World, page: InboxPage, thread: int) -> None:
    text = "One sentence. " * 160 + "\n\n" + "Another one. " * 150
    composer = page.chat.composer
    composer.edit.setPlainText(text)
    qtbot.mouseClick(composer.send_split, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(texts(page)) == 4 and not composer.text())
    undo_by_key(qtbot, page)
    qtbot.waitUntil(lambda: composer.text() == text)
    world.move_to(START + 9 * SECOND)
    assert world.sandbox.sent == ()


def test_a_link_comes_back_into_its_panel(qtbot: QtBot, world: World, page: InboxPage, thread: int) -> None:
    content = Content(ReplyKind.LINK, title="Sizes", description="All of them", url="https://example.com/sizes")
    world.call(world.desk.replies.write(thread, content))
    qtbot.waitUntil(lambda: shown_reply(page, S.HELD) is not None)
    undo_by_key(qtbot, page)
    qtbot.waitUntil(lambda: page.chat.writing.panels[ReplyKind.LINK].isVisible())
    assert page.chat.writing.panels[ReplyKind.LINK].content() == content


def test_undo_puts_nothing_into_another_conversation(
    qtbot: QtBot, world: World, page: InboxPage, thread: int, opened: Open
) -> None:
    reply = send(qtbot, page, "wrong")
    other = world.say(HAN, "hi")
    page.chat.writing.sending.take_back(reply)
    opened(other)
    assert page.chat.composer.edit.toPlainText() == ""
    opened(thread)
    qtbot.waitUntil(lambda: page.chat.composer.edit.toPlainText() == "wrong")


def test_ctrl_z_with_nothing_to_undo_brings_deleted_letters_back(qtbot: QtBot, page: InboxPage, thread: int) -> None:
    edit = page.chat.composer.edit
    QTest.keyClicks(edit, "a")
    qtbot.keyClick(edit, Qt.Key.Key_Backspace)
    assert edit.toPlainText() == ""
    undo_by_key(qtbot, page)
    assert edit.toPlainText() == "a"


def test_a_message_counting_down_when_the_window_closed_has_been_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "LINGER_SECONDS", 20.0)  # all the time that a slow machine needs
    with open_world(tmp_path, clock=HandClock(), undo_seconds=3) as world:
        reply = world.call(world.desk.replies.write(world.say(LI, "hello"), "We open at nine."))
        sandbox = world.sandbox
    assert [sent.text for sent in sandbox.sent] == ["We open at nine."]
    with open_world(tmp_path, clock=HandClock()) as again:
        assert again.call(again.store.replies.get(reply.id)).state is S.SENT
