"""The strip of held replies: its list, its buttons and its keys."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.store.chats import add_reply
from tests.ui.conftest import ShowPage
from tests.ui.inbox.conftest import shown_reply
from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.inbox.held_replies.view import ROWS_AT_MOST, button_rect, row_height, words_beside
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction
from wxdesk.ui.look.appearance import LARGEST, USUAL, Appearance
from wxdesk.ui.look.theme import Size, font, sentence_font
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.dialogs.notice_lines import Toast
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.row_list import RECORD

FIRST, SECOND = "oCustomer0000000000000001", "oCustomer0000000000000002"


def two_held(qtbot: QtBot, world: World, page: InboxPage) -> list[Reply]:
    for customer in (FIRST, SECOND):
        world.say(customer, "opening?")
    qtbot.waitUntil(lambda: page.list.strip.model.rowCount() == 2)
    return [one.reply for one in page.list.strip.model.rows()]


def state(world: World, reply: Reply) -> ReplyState:
    return world.call(world.store.replies.get(reply.id)).state


def test_the_list_of_the_strip_stops_and_sends_by_key(qtbot: QtBot, world: World, page: InboxPage) -> None:
    first, second = two_held(qtbot, world, page)
    strip = page.list.strip
    assert strip.count.full_text() == "2 replies held"
    qtbot.keyClick(page, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert strip.view.isVisible()
    assert strip.view.hasFocus()
    qtbot.keyClick(strip.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: state(world, first) is ReplyState.CANCELLED and strip.model.rowCount() == 1)
    qtbot.keyClick(strip.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    world.wait_until_sent(second.id)
    assert len(world.sandbox.sent) == 1
    qtbot.waitUntil(strip.isHidden)


def test_esc_in_the_list_leads_back_to_the_reply(qtbot: QtBot, world: World, page: InboxPage) -> None:
    """Where Enter sends what waits in the open conversation."""
    first, _ = two_held(qtbot, world, page)
    page.open_conversation(first.conversation_id)
    qtbot.waitUntil(page.chat.composer.edit.hasFocus)
    qtbot.keyClick(page, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(page.list.strip.view, Qt.Key.Key_Escape)
    assert page.chat.composer.edit.hasFocus()
    assert not page.list.strip.unfolded


def test_the_list_shows_whole_rows(qtbot: QtBot, world: World, page: InboxPage) -> None:
    strip = page.list.strip
    for n in range(7):
        world.say(f"oCustomer{n:016d}", "opening?")
        qtbot.waitUntil(partial(lambda n: strip.model.rowCount() == n + 1, n))
        strip.show_list(True)
        qtbot.waitUntil(partial(lambda n: strip.view.height() == row_height() * min(n + 1, ROWS_AT_MOST), n))


def test_the_rows_grow_at_once_with_the_letters_of_lists(
    qtbot: QtBot, world: World, page: InboxPage, appearance: Appearance
) -> None:
    two_held(qtbot, world, page)
    strip = page.list.strip
    strip.show_list(True)
    usual = row_height()
    qtbot.waitUntil(lambda: strip.view.height() == 2 * usual)
    appearance.resize(LARGEST)
    try:
        assert row_height() > usual * 3 // 2
        qtbot.waitUntil(lambda: strip.view.height() == 2 * row_height())
        assert strip.view.visualRect(strip.model.index(1)).bottom() == 2 * row_height() - 1, "no row is cut"
    finally:
        appearance.resize(USUAL)
    qtbot.waitUntil(lambda: strip.view.height() == 2 * usual)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_row_names_its_customer_whole_and_nothing_empty_stands_below(
    qtbot: QtBot, world: World, show_page: ShowPage, language: str
) -> None:
    i18n.use(language)
    try:
        page = show_page(InboxPage, 900, 600)
        strip, view = page.list.strip, page.list.strip.view
        two_held(qtbot, world, page)
        world.call(world.desk.outbox.pause())
        strip.show_list(True)
        whole = i18n.tr("Held, everything is paused")
        qtbot.waitUntil(lambda: strip.model.status(strip.model.rows()[0]).text == whole)
        for row, name in enumerate(("oCus…001", "oCus…002")):
            rect = view.visualRect(strip.model.index(row))
            shown = words_beside(name, strip.model.status(strip.model.rows()[row]), rect)
            taken = sum(QFontMetrics(face).horizontalAdvance(words) for face, words in _faces(name, shown))
            assert rect.left() + 12 + taken + 12 + 4 < button_rect(rect, "send").left() - 8, "name, icon, state"
            assert view.tip_at(rect.topLeft() + QPoint(40, 10)) == ("" if shown == whole else whole)
        qtbot.waitUntil(lambda: strip.send_below.isVisible() and strip.send.isHidden())
        qtbot.waitUntil(lambda: strip.body.height() - strip.foot.height() == view.height() == 2 * row_height())
    finally:
        i18n.use("en")


def _faces(name: str, said: str) -> list[tuple[QFont, str]]:
    return [(font(Size.BODY, strong=True), name), (sentence_font(Size.CAPTION, strong=True), said)]


def test_the_buttons_of_the_strip_work_by_mouse(qtbot: QtBot, world: World, page: InboxPage) -> None:
    first, second = two_held(qtbot, world, page)
    strip = page.list.strip
    qtbot.mouseClick(strip.unfold, Qt.MouseButton.LeftButton)
    for index, place, reply in ((1, "send", second), (0, "stop", first)):
        rect = strip.view.visualRect(strip.model.index(index))
        qtbot.mouseClick(strip.view.viewport(), Qt.MouseButton.LeftButton, pos=button_rect(rect, place).center())
        qtbot.waitUntil(partial(lambda reply: state(world, reply) is not ReplyState.HELD, reply))
    assert state(world, first) is ReplyState.CANCELLED
    world.wait_until_sent(second.id)


def test_f3_goes_from_one_held_bubble_to_the_next(qtbot: QtBot, world: World, page: InboxPage) -> None:
    two = two_held(qtbot, world, page)
    view = page.chat.timeline
    for reply in (*two, two[0]):
        qtbot.keyClick(page.focusWidget() or page, Qt.Key.Key_F3)
        qtbot.waitUntil(partial(lambda reply: view.hasFocus() and view.focused_key == f"r{reply.id}", reply))
    qtbot.keyClick(view, Qt.Key.Key_Return)
    world.wait_until_sent(two[0].id)
    assert state(world, two[1]) is ReplyState.HELD


def test_f3_brings_the_clock_and_the_buttons_of_a_long_bubble_in_sight(
    qtbot: QtBot, world: World, show_page: ShowPage
) -> None:
    text = "We are open from nine in the morning to nine at night. " * 16
    rule = Rule("Long", when=Condition(any=("long",)), then=(Action(ActionKind.REPLY, text=text),))
    world.call(world.desk.rules.rulebook.save(rule))
    page = show_page(InboxPage, 900, 600)
    world.say(FIRST, "long")
    qtbot.waitUntil(lambda: page.list.strip.model.rowCount() == 1)
    qtbot.keyClick(page, Qt.Key.Key_F3)
    view = page.chat.timeline
    qtbot.waitUntil(lambda: view.hasFocus() and view.currentIndex().isValid())
    entry = view.currentIndex().data(RECORD)
    layout = view.bubbles.layout_of(entry)
    assert layout.height > view.viewport().height(), "else all of it fits"
    top = view.visualRect(view.currentIndex()).top()
    assert top + layout.bar.top() >= 0
    assert all(top + one.rect.bottom() <= view.viewport().height() for one in layout.buttons)


def test_sending_all_asks_once(qtbot: QtBot, world: World, page: InboxPage) -> None:
    two = two_held(qtbot, world, page)
    page.list.strip.show_list(True)
    qtbot.mouseClick(page.list.strip.send, Qt.MouseButton.LeftButton)
    assert {state(world, reply) for reply in two} == {ReplyState.HELD}
    [asked] = page.window().findChildren(ConfirmDialog)
    qtbot.mouseClick(asked.action, Qt.MouseButton.LeftButton)
    for reply in two:
        world.wait_until_sent(reply.id)
    assert len(world.sandbox.sent) == 2


def test_send_all_moves_into_the_list_where_the_strip_has_no_room(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None]
) -> None:
    first, _second = two_held(qtbot, world, page)
    opened(first.conversation_id)
    qtbot.keyClicks(page.chat.composer.edit, "We are")
    strip = page.list.strip
    qtbot.waitUntil(strip.send.isHidden)
    assert "waits while you write" in strip.earliest.full_text()
    strip.show_list(True)
    assert strip.send_below.isVisible()
    qtbot.waitUntil(lambda: strip.body.height() == strip.view.height() + strip.foot.height())
    height = strip.height()
    page.chat.composer.edit.clear()
    qtbot.keyClicks(page.chat.composer.edit, "x")
    qtbot.keyClick(page.chat.composer.edit, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: "waits while you write" not in strip.earliest.full_text())
    assert strip.send_below.isVisible()
    assert strip.height() == height, "nothing below it is pushed"
    qtbot.mouseClick(strip.send_below, Qt.MouseButton.LeftButton)
    [asked] = page.window().findChildren(ConfirmDialog)
    qtbot.mouseClick(asked.cancel, Qt.MouseButton.LeftButton)


def test_no_more_is_sent_than_was_asked_about(qtbot: QtBot, world: World, page: InboxPage) -> None:
    two_held(qtbot, world, page)
    qtbot.mouseClick(page.list.strip.send, Qt.MouseButton.LeftButton)
    [question] = page.window().findChildren(ConfirmDialog)
    world.say("oCustomer0000000000000003", "opening?")
    qtbot.waitUntil(lambda: page.list.strip.model.rowCount() == 3)
    question.action.click()
    qtbot.waitUntil(lambda: page.list.strip.model.rowCount() == 1 and len(world.sandbox.sent) == 2)
    assert page.list.strip.model.rows()[0].contact.openid == "oCustomer0000000000000003"


def asking(world: World, customer: str) -> Reply:
    """A reply that came back from an earlier run, and asks."""
    conversation = world.say(customer, "hello")
    new = NewReply(conversation, Author.RULE, Content(text="Good morning."), ReplyState.HELD)
    return world.call(add_reply(world.store, new, datetime.now(UTC)))


def toast(window: QWidget) -> str:
    """What the passing word at the foot of the window says."""
    [found] = window.findChildren(Toast)
    return "" if found.isHidden() else str(found.findChild(PlainLabel).full_text())


def test_stop_all_stops_a_dozen_at_once(qtbot: QtBot, world: World, page: InboxPage) -> None:
    for n in range(12):
        world.say(f"oCustomer{n:016d}", "opening?")
    strip = page.list.strip
    qtbot.waitUntil(lambda: strip.count.full_text() == "12 replies held")
    held = [one.reply for one in strip.model.rows()]
    qtbot.mouseClick(strip.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(strip.isHidden)
    assert {(reply.state, reply.by) for reply in (world.call(world.store.replies.get(r.id)) for r in held)} == {
        (ReplyState.CANCELLED, "operator")
    }
    qtbot.waitUntil(lambda: toast(page.window()).startswith("12 replies were stopped."))
    assert not world.sandbox.sent


def test_f3_reads_what_is_held_before_it_says_that_nothing_is(qtbot: QtBot, world: World, page: InboxPage) -> None:
    """Over a slow line it said so beside a reply that counted down."""
    page.held.go_on()
    qtbot.waitUntil(lambda: toast(page.window()).startswith("No reply is held."))
    first, _ = two_held(qtbot, world, page)
    page.held.replies.held = ()  # as before its answer
    page.held.go_on()
    qtbot.waitUntil(lambda: page.chat.timeline.focused_key == f"r{first.id}")


@pytest.mark.parametrize("what", ["send", "stop"])
def test_a_second_press_before_the_answer_does_not_tell_of_none(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, what: str
) -> None:
    """As over a slow line: “0 replies were stopped” would take the place of what was done."""
    ids = [reply.id for reply in two_held(qtbot, world, page)]
    replies = page.held.replies
    for _ in range(2):
        replies.send_these(ids) if what == "send" else replies.stop_these(None)
    said = set()

    def is_idle() -> bool:
        said.add(toast(page.window())[:1])
        return bridge.is_idle

    qtbot.waitUntil(is_idle)
    assert said == {"", "2"}


def test_ctrl_n_leads_from_a_reply_to_what_the_customer_wrote_since(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None]
) -> None:
    waits = asking(world, FIRST)
    opened(waits.conversation_id)
    world.say(FIRST, "are you there")
    view = page.chat.timeline

    def since_then() -> Message | None:
        entry = page.session.model.record(f"r{waits.id}")
        return None if entry is None else entry.since

    qtbot.waitUntil(lambda: since_then() is not None)
    since = since_then()
    assert since is not None
    assert view.focus_on(f"r{waits.id}")
    qtbot.keySequence(view, "Ctrl+T")
    assert view.bubbles.marked == f"m{since.id}"
    assert since.text == "are you there"


def test_take_over_pressed_in_a_bubble_stops_the_rules_there(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None]
) -> None:
    first, second = two_held(qtbot, world, page)
    opened(first.conversation_id)
    view, model = page.chat.timeline, page.session.model
    qtbot.waitUntil(lambda: model.row_of(f"r{first.id}") >= 0)
    row = model.row_of(f"r{first.id}")
    layout = view.bubbles.layout_of(model.rows()[row])
    [offer] = [placed for placed in layout.buttons if placed.offer.action is BubbleAction.TAKE_OVER]
    at = view.visualRect(model.index(row)).topLeft() + offer.rect.center().toPoint()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: state(world, first) is ReplyState.CANCELLED)
    assert world.call(world.store.conversations.get(first.conversation_id)).taken_over
    assert state(world, second) is ReplyState.HELD, "another conversation is none of its business"
    qtbot.waitUntil(lambda: page.chat.header.takeover.text() == "Hand back")


def test_an_answer_that_gave_way_says_that_the_customer_wrote_again(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None]
) -> None:
    opened(world.say(FIRST, "opening?"))
    world.say(FIRST, "a refund")  # its rule hands over, and says nothing
    qtbot.waitUntil(lambda: page.list.strip.isHidden() and shown_reply(page, ReplyState.CANCELLED) is not None)
    model = page.session.model
    said = [model.data(model.index(row), Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]
    assert any("Withdrawn: the customer wrote again" in words for words in said)


def test_f4_at_a_held_bubble_takes_over_and_stops_it(qtbot: QtBot, world: World, page: InboxPage) -> None:
    first, second = two_held(qtbot, world, page)
    view = page.chat.timeline
    qtbot.keyClick(page.focusWidget() or page, Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: view.hasFocus() and view.focused_key == f"r{first.id}")
    qtbot.keyClick(view, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: state(world, first) is ReplyState.CANCELLED)
    qtbot.waitUntil(lambda: page.chat.header.taken_over)
    assert state(world, second) is ReplyState.HELD, "another conversation is not touched"
    world.say(FIRST, "opening?")
    stored = world.call(world.store.inbox.timeline(first.conversation_id))
    assert [item.id for item in stored if isinstance(item, Reply)] == [first.id], "the rules keep quiet"
    assert not world.sandbox.sent


def test_a_row_says_what_was_asked_and_is_changed_and_taken_over_from_there(
    qtbot: QtBot, world: World, page: InboxPage
) -> None:
    first, second = two_held(qtbot, world, page)
    strip = page.list.strip
    assert strip.model.index(0).data().split(", ")[1] == "Rule: Hours · to “opening?”"
    qtbot.keyClick(page, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(strip.view, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    edit = page.chat.composer.edit
    qtbot.waitUntil(lambda: edit.toPlainText() == "We open at 9." and edit.hasFocus())
    assert page.session.conversation_id == first.conversation_id
    qtbot.keyClick(edit, Qt.Key.Key_Escape)  # it waits again as before
    qtbot.waitUntil(lambda: world.call(world.store.replies.get(first.id)).due_at is not None)
    qtbot.waitUntil(lambda: strip.model.rowCount() == 2)
    at = next(row for row in range(2) if strip.model.index(row).data(RECORD).reply.id == second.id)
    strip.view.setCurrentIndex(strip.model.index(at))
    strip.view.setFocus()
    qtbot.keyClick(strip.view, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: state(world, second) is ReplyState.CANCELLED)
    assert world.call(world.store.conversations.get(second.conversation_id)).taken_over
    assert not world.call(world.store.conversations.get(first.conversation_id)).taken_over
    qtbot.waitUntil(lambda: page.session.conversation_id == second.conversation_id)
