"""The whole way: a customer writes over HTTP, the operator acts in the window, WeChat gets the answer."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.inbox.composer.test_switching_conversations import busy
from tests.ui.inbox.conftest import shown_messages, shown_reply, texts
from tests.ui.world import World
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.templates import Template
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.row_list import RECORD

type Open = Callable[[int], None]

FIRST, SECOND = "oCustomer0000000000000001", "oCustomer0000000000000002"


def held(page: InboxPage) -> bool:
    return shown_reply(page, ReplyState.HELD) is not None


def test_a_message_appears_with_its_held_answer_and_the_reasons(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    assert page.list.empty.isVisible()
    conversation_id = world.say(FIRST, "when are you opening?")
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 1)
    opened(conversation_id)
    qtbot.waitUntil(lambda: held(page))
    assert texts(page)[-2:] == ["when are you opening?", "We open at 9."]
    verdicts = page.detail.decision.card.findChildren(QWidget)
    said = " ".join(widget.accessibleName() for widget in verdicts)
    assert "Did not match: Refunds. has no “refund”" in said
    assert "Matched: Hours · revision 1. has “opening”, has no “refund”" in said
    assert page.list.strip.isVisible()
    assert page.ticker.isActive()


def test_a_new_message_is_shown_before_the_next_frame_and_stays_as_it_is(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(world.say(FIRST, "refund, please"))
    qtbot.waitUntil(lambda: texts(page) == ["refund, please"])
    with monkeypatch.context() as patched:
        patched.setattr(bridge._pace, "wait_ms", lambda: 10**8)
        world.say(SECOND, "hello")
        world.say(FIRST, "today")
        qtbot.waitUntil(lambda: texts(page) == ["refund, please", "today"])
        assert bridge._frame.remainingTime() > 10**7
        at_once = page.session.model.rows()
    bridge._frame.start(0)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert [entry.text for entry in page.session.model.rows()] == [entry.text for entry in at_once]


def test_releasing_a_held_reply_sends_it(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    opened(world.say(FIRST, "opening?"))
    qtbot.waitUntil(lambda: held(page))
    page.chat.timeline.focus_last()
    qtbot.keyClick(page.chat.timeline, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.SENT) is not None)
    assert [one.text for one in world.sandbox.sent] == ["We open at 9."]
    qtbot.waitUntil(lambda: not page.list.strip.isVisible())


def test_stopping_it_sends_nothing_and_its_text_can_be_used(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    opened(world.say(FIRST, "opening?"))
    qtbot.waitUntil(lambda: held(page))
    page.chat.timeline.focus_last()
    qtbot.keyClick(page.chat.timeline, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.CANCELLED) is not None)
    stopped = shown_reply(page, ReplyState.CANCELLED)
    assert stopped is not None
    page.chat.act(BubbleAction.REUSE, f"r{stopped.id}")
    assert page.chat.composer.text() == "We open at 9."
    assert world.sandbox.sent == ()


def test_a_held_reply_is_changed_in_the_composer_and_sent(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    opened(world.say(FIRST, "opening?"))
    qtbot.waitUntil(lambda: held(page))
    page.chat.timeline.focus_last()
    qtbot.keyClick(page.chat.timeline, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.chat.composer.text() == "We open at 9.")
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.DRAFT) is not None)  # its clock stands still
    qtbot.waitUntil(lambda: not page.list.strip.isVisible())
    page.chat.composer.edit.setPlainText("We open at 10 today.")
    qtbot.keyClick(page.chat.composer.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.SENT) is not None)
    sent = shown_reply(page, ReplyState.SENT)
    assert sent is not None
    assert sent.edited
    assert sent.content.text == "We open at 10 today."
    qtbot.waitUntil(lambda: page.chat.composer.text() == "" and not page.chat.composer.line.isVisible())


def test_writing_takes_over_and_handing_back_lets_rules_answer_again(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    opened(world.say(FIRST, "hello"))
    qtbot.keyClicks(page.chat.composer.edit, "Hello, how can I help?")
    qtbot.keyClick(page.chat.composer.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.SENT) is not None)
    assert page.chat.composer.text() == ""
    qtbot.waitUntil(lambda: page.chat.header.taken_over)
    assert page.chat.header.takeover.text() == "Hand back"
    assert "By hand" in page.chat.header.mode.text()
    qtbot.keyClick(page, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: not page.chat.header.taken_over)
    qtbot.keyClick(page, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: page.chat.header.taken_over)


def test_a_message_that_nobody_answered_says_why(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    opened(world.say(FIRST, "something that no rule knows"))
    qtbot.waitUntil(lambda: any(entry.silence for entry in page.session.model.rows()))
    assert page.detail.decision.sentence.full_text() == "No rule matched."


def test_opening_reads_the_conversation_and_new_messages_are_read_as_they_come(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open
) -> None:
    conversation_id = world.say(FIRST, "hello")
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 1)
    assert page.list.model.rows()[0].conversation.unread == 1
    opened(conversation_id)
    qtbot.waitUntil(lambda: page.list.model.rows()[0].conversation.unread == 0)
    world.say(FIRST, "hello again")
    qtbot.waitUntil(lambda: len(shown_messages(page)) == 2 and bridge.is_idle)
    qtbot.waitUntil(lambda: page.list.model.rows()[0].conversation.unread == 0)


def test_a_window_that_nobody_looks_at_reads_nothing(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, bridge: Bridge
) -> None:
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    opened(world.say(FIRST, "hello"))
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 1 and bridge.is_idle)
    assert page.list.model.rows()[0].conversation.unread == 1
    page.window().activateWindow()
    qtbot.waitUntil(lambda: page.list.model.rows()[0].conversation.unread == 0)


def test_rows_move_while_the_open_one_stays_marked(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    first = world.say(FIRST, "hello")
    opened(first)
    second = world.say(SECOND, "hello")
    qtbot.waitUntil(lambda: [row.conversation.id for row in page.list.model.rows()] == [second, first])
    assert page.list.view.currentIndex().data(RECORD).conversation.id == first
    assert page.session.conversation_id == first
    qtbot.keyClick(page, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: page.session.row is not None and page.session.conversation_id == second)
    page.list.search.setFocus()
    qtbot.keyClick(page.list.search, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: page.session.row is not None and page.session.conversation_id == first)
    assert page.chat.composer.edit.hasFocus(), "else an answer would be searched for"


def test_chips_filter_and_an_empty_filter_says_so(qtbot: QtBot, world: World, page: InboxPage) -> None:
    world.say(FIRST, "I want a refund")
    world.say(SECOND, "opening?")
    qtbot.waitUntil(lambda: page.list.chips.by_filter[InboxFilter.NEEDS_HUMAN].text() == "For you 1")
    page.list.chips.by_filter[InboxFilter.NEEDS_HUMAN].click()
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 1)
    assert page.list.model.rows()[0].conversation.taken_over
    page.list.chips.by_filter[InboxFilter.PENDING].click()
    qtbot.waitUntil(lambda: page.list.model.chosen is InboxFilter.PENDING)
    assert page.list.model.rows()[0].held == 1
    page.list.strip.stop.click()
    qtbot.waitUntil(lambda: page.list.empty.isVisible())
    assert page.list.empty.sentence.full_text() == "No reply is held for its time or for you."
    page.list.empty.step.click()
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 2)


def test_search_finds_chinese_and_leads_to_the_place(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, bridge: Bridge
) -> None:
    first = world.say(FIRST, "我想问一下退款的事")
    world.say(SECOND, "hello")
    qtbot.keyClick(page, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert page.list.search.hasFocus()
    page.list.search.setText("退")
    qtbot.waitUntil(lambda: page.list.hits.rowCount() == 1)
    qtbot.keyClick(page.list.search, Qt.Key.Key_Down)
    qtbot.keyClick(page.list.found, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.chat.timeline.bubbles.marked != "")
    assert page.session.conversation_id == first
    qtbot.keyClick(page.list.search, Qt.Key.Key_Escape)
    assert page.list.view.isVisible()


def test_alias_note_and_tags_are_stored(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    conversation_id = world.say(FIRST, "hello")
    opened(conversation_id)
    contact = page.detail.contact
    contact.alias.setFocus()
    contact.alias.setText("Wang Fang")
    qtbot.keyClick(contact.alias, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.chat.header.name.full_text() == "Wang Fang")
    contact.note.setFocus()
    contact.note.setPlainText("likes tea")
    page.chat.composer.edit.setFocus()
    contact.tags.plus.click()
    contact.tags.field.setText("regular")
    qtbot.keyClick(contact.tags.field, Qt.Key.Key_Return)

    def stored() -> bool:
        kept = world.call(world.store.conversations.get(conversation_id)).contact
        return (kept.alias, kept.note, kept.tags) == ("Wang Fang", "likes tea", ("regular",))

    qtbot.waitUntil(stored)


def test_notes_and_tags_by_rules_or_colleagues_meanwhile_stay(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    conversation_id = world.say(FIRST, "hello")
    opened(conversation_id)
    panel = page.detail.contact
    kept = world.call(world.store.conversations.get(conversation_id)).contact
    panel.alias.setFocus()
    # Nothing tells the window of these.
    world.call(world.store.conversations.change_contact(kept.id, ContactChange(note="likes tea", add=("vip",))))
    panel.alias.setText("Wang Fang")
    qtbot.keyClick(panel.alias, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.chat.header.name.full_text() == "Wang Fang")
    kept = world.call(world.store.conversations.get(conversation_id)).contact
    assert (kept.alias, kept.note, kept.tags) == ("Wang Fang", "likes tea", ("vip",))
    qtbot.waitUntil(lambda: panel.tags.tags == ("vip",))
    panel.note.setFocus()
    world.call(world.desk.conversations.describe(conversation_id, ContactChange(note="hates tea")))
    qtbot.waitUntil(lambda: panel.note.toPlainText() == "hates tea")
    panel.alias.setFocus()  # the note is left as it was found


def test_the_mode_of_a_conversation_can_be_its_own(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    conversation_id = world.say(FIRST, "hello")
    opened(conversation_id)
    assert page.chat.header.mode.text() == "Waits 600 s · account"
    page.chat.header.mode_chosen.emit(conversation_id, ReplyMode.DRAFT)
    qtbot.waitUntil(lambda: page.chat.header.mode.text() == "Drafts only · here")
    page.chat.header.mode_chosen.emit(conversation_id, None)
    qtbot.waitUntil(lambda: page.chat.header.mode.text() == "Waits 600 s · account")


def test_the_header_says_what_sets_the_mode(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    conversation_id = world.say(FIRST, "hello")
    opened(conversation_id)
    mode = page.chat.header.mode
    world.call(world.desk.accounts.set_mode("shop", ReplyMode.DRAFT, 8))
    qtbot.waitUntil(lambda: mode.text() == "Drafts only · account")
    assert "set for the account shop" in mode.toolTip()
    page.chat.header.mode_chosen.emit(conversation_id, ReplyMode.OFF)
    qtbot.waitUntil(lambda: mode.text() == "By hand · here")
    assert "set for this conversation" in mode.toolTip()


def test_a_template_is_filled_for_the_conversation(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    conversation_id = world.say(FIRST, "hello")
    world.call(world.desk.conversations.describe(conversation_id, ContactChange(alias="Wang")))
    world.call(world.store.templates.save(Template(0, "Greeting", "Dear {{ contact.alias }}, "), world.desk.clock()))
    opened(conversation_id)
    qtbot.keyClicks(page.chat.composer.edit, "/")
    qtbot.waitUntil(lambda: page.chat.writing.templates.picker.list.count() == 1)
    qtbot.keyClick(page.chat.writing.templates.picker.field, Qt.Key.Key_Return)
    assert page.chat.composer.text() == "Dear Wang, "


def test_typing_anywhere_writes_into_the_composer(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    opened(world.say(FIRST, "hello"))
    page.chat.timeline.focus_last()
    qtbot.keyClick(page.chat.timeline, Qt.Key.Key_H)
    assert page.chat.composer.text() == "h"
    assert page.chat.composer.edit.hasFocus()


def test_the_sides_are_as_wide_as_they_are_drawn_and_come_back_so(qtbot: QtBot, page: InboxPage) -> None:
    chat, before = page.chat.width(), page.regions.widths
    handle = page.list.mapTo(page, QPoint(page.list.width(), 300))
    line = page.childAt(handle)
    qtbot.mousePress(line, Qt.MouseButton.LeftButton)
    qtbot.mouseMove(line, QPoint(70, 10))
    qtbot.mouseRelease(line, Qt.MouseButton.LeftButton, pos=QPoint(70, 10))
    qtbot.waitUntil(lambda: page.list.width() > before[0] + 50)
    drawn = page.list.width()
    assert page.chat.width() == chat - (drawn - before[0])
    page.window().resize(760, 560)
    qtbot.waitUntil(lambda: page.list.isHidden())
    page.chat.header.show_list.click()
    assert page.list.width() == drawn
    page.window().resize(1280, 800)
    qtbot.waitUntil(lambda: page.detail.isVisible())
    assert (page.list.width(), page.detail.width()) == page.regions.widths == (drawn, before[1])
    page.regions.restore((0, 10_000))
    widths = (before[0], page.detail.maximumWidth())
    assert page.regions.widths == widths
    qtbot.mousePress(line, Qt.MouseButton.LeftButton)
    qtbot.mouseMove(line, QPoint(900, 10))
    qtbot.mouseRelease(line, Qt.MouseButton.LeftButton, pos=QPoint(900, 10))
    qtbot.waitUntil(lambda: page.detail.width() < widths[1])
    assert page.regions.widths == (page.list.width(), widths[1]), "squeezed, not drawn"


def test_nothing_counts_while_the_page_is_hidden(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    opened(world.say(FIRST, "opening?"))
    qtbot.waitUntil(lambda: page.ticker.isActive())
    page.hide()
    assert not page.ticker.isActive()


def test_a_conversation_is_asked_for_while_that_of_another_is_awaited(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge
) -> None:
    """Over a slow line a customer opened after a send showed after two round trips of the one before."""
    two = world.say(FIRST, "hello"), world.say(SECOND, "hi")
    qtbot.waitUntil(lambda: bridge.is_idle and page.list.model.rowCount() == 2)
    with busy(world):
        for one in two:
            page.open_conversation(one)
        assert [one.done for one in bridge._open].count(page.session._refresher._answered) == 2
    qtbot.waitUntil(lambda: texts(page) == ["hi"])
