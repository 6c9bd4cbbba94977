"""After sending: stay, go to who waits longest, or to the next unread; send and resolve by one key."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.ui.inbox.conftest import texts
from tests.ui.world import World
from wxdesk.core.conversations.changes import RowAct, RowChange
from wxdesk.core.model.conversation import ConversationStatus
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.preferences import AfterSending
from wxdesk.core.replies.lifecycle import is_scheduled
from wxdesk.ui.inbox.composer.panels.content import ContentPanel
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction, offers_in
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.wording.conversation import status_of_row
from wxdesk.ui.wording.status import later_choices

LI, WANG, ZHAO = "oLI00000000000000000001", "oWANG00000000000000000001", "oZHAO00000000000000000001"

type Open = Callable[[int], None]


@pytest.fixture
def three(qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge) -> tuple[int, int, int]:
    """The first has waited longest, and the third has been read."""
    made = world.say(LI, "a"), world.say(WANG, "b"), world.say(ZHAO, "c")
    world.call(world.desk.conversations.mark_read(made[0]))
    qtbot.waitUntil(lambda: bridge.is_idle and page.list.model.rowCount() == 3)
    return made


def choose(qtbot: QtBot, page: InboxPage, bridge: Bridge, words: str) -> None:
    """Choose an entry of the menu beside the button."""
    page.chat.composer.foot.more.click()
    menu = next(one for one in page.findChildren(QMenu) if one.accessibleName() == "More ways to send")
    next(action for action in menu.actions() if action.text() == words).trigger()
    menu.close()
    qtbot.waitUntil(lambda: bridge.is_idle)


def send(qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, *, resolve: bool = False) -> None:
    edit, count = page.chat.composer.edit, len(world.sandbox.sent)
    QTest.keyClicks(edit, "yes")
    shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(edit, Qt.Key.Key_Return, shift if resolve else Qt.KeyboardModifier.NoModifier)
    qtbot.waitUntil(lambda: bridge.is_idle and len(world.sandbox.sent) == count + 1)


def test_after_sending_the_preferred_conversation_opens(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, three: tuple[int, int, int], bridge: Bridge
) -> None:
    li, wang, zhao = three
    opened(zhao)
    send(qtbot, world, page, bridge)
    assert page.session.conversation_id == zhao
    choose(qtbot, page, bridge, "After sending, go to the next unread")
    assert world.desk.preferences.now.after_sending is AfterSending.UNREAD
    send(qtbot, world, page, bridge)
    qtbot.waitUntil(lambda: page.session.conversation_id == wang)
    opened(zhao)
    choose(qtbot, page, bridge, "After sending, go to who waits longest")
    send(qtbot, world, page, bridge)
    qtbot.waitUntil(lambda: page.session.conversation_id == li)


def test_ctrl_enter_sends_and_enter_begins_a_line_for_who_prefers_that(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, three: tuple[int, int, int], bridge: Bridge
) -> None:
    opened(three[1])
    edit = page.chat.composer.edit
    assert edit.placeholderText() == "Write a reply, / for a template, Enter to send"
    choose(qtbot, page, bridge, "Ctrl+Enter sends")
    qtbot.waitUntil(lambda: edit.placeholderText() == "Write a reply, / for a template, Ctrl+Enter to send")
    QTest.keyClicks(edit, "first")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    QTest.keyClicks(edit, "second")
    assert edit.toPlainText() == "first\nsecond"
    qtbot.keyClick(edit, Qt.Key.Key_Enter, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bridge.is_idle and len(world.sandbox.sent) == 1)
    assert world.sandbox.sent[0].content["content"] == "first\nsecond"
    shortcuts = page.keys()
    [sends] = [shortcut.keys for shortcut in shortcuts if shortcut.does == "Send the reply"]
    assert sends == "Ctrl+Enter"
    choose(qtbot, page, bridge, "Enter sends")
    qtbot.waitUntil(lambda: edit.placeholderText().endswith(" Enter to send"))
    send(qtbot, world, page, bridge)


@pytest.mark.parametrize("following", [AfterSending.LONGEST, AfterSending.UNREAD])
def test_after_sending_the_conversation_stays_open_while_a_word_is_composed(
    qtbot: QtBot,
    world: World,
    page: InboxPage,
    opened: Open,
    three: tuple[int, int, int],
    bridge: Bridge,
    following: AfterSending,
) -> None:
    world.call(world.desk.preferences.set(replace(world.desk.preferences.now, after_sending=following)))
    opened(three[2])
    QApplication.sendEvent(page.chat.composer.edit, QInputMethodEvent("ni", []))
    page.navigation.after_sending()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert (page.session.conversation_id, page.chat.composer.edit.composing) == (three[2], True)


def test_sent_and_resolved_by_one_key(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, three: tuple[int, int, int], bridge: Bridge
) -> None:
    li, wang, zhao = three
    opened(wang)
    page.chat.composer.edit.setPlainText("")
    page.chat.writing.sending.send_and_resolve()
    send(qtbot, world, page, bridge, resolve=True)

    def status(conversation_id: int) -> ConversationStatus:
        return world.call(world.store.conversations.get(conversation_id)).status

    qtbot.waitUntil(lambda: status(wang) is ConversationStatus.RESOLVED)
    qtbot.waitUntil(lambda: page.session.conversation_id not in (None, wang))
    send(qtbot, world, page, bridge)
    assert {status(li), status(zhao)} == {ConversationStatus.OPEN}
    world.call(world.desk.preferences.set(replace(world.desk.preferences.now, undo_seconds=30)))
    opened(li)
    QTest.keyClicks(page.chat.composer.edit, "bye")
    page.chat.writing.sending.send_and_resolve()
    qtbot.waitUntil(lambda: status(li) is ConversationStatus.RESOLVED)


def test_sent_and_resolved_though_the_operator_went_on_before_it_was_stored(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, three: tuple[int, int, int], bridge: Bridge
) -> None:
    li, wang, _ = three
    opened(wang)
    QTest.keyClicks(page.chat.composer.edit, "bye")
    page.chat.writing.sending.send_and_resolve()
    page.open_conversation(li)
    QApplication.sendEvent(page.chat.composer.edit, QInputMethodEvent("ni", []))
    qtbot.waitUntil(lambda: bridge.is_idle and len(world.sandbox.sent) == 1)
    there = world.call(world.store.conversations.get(wang))
    assert (there.status, page.session.conversation_id) == (ConversationStatus.RESOLVED, li)


def test_a_second_press_before_the_answer_does_not_open_again_what_is_resolved(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, three: tuple[int, int, int], bridge: Bridge
) -> None:
    opened(three[1])
    shown = page.session.conversation
    assert shown is not None
    resolving = page.chat.resolving
    both = [row.conversation for row in page.list.model.rows() if row.conversation.id in three[1:]]
    resolving.toggle(some=both)
    resolving.acts.do((shown,), RowChange(RowAct.REOPEN))  # F5 again, after an event has told that it is resolved
    qtbot.waitUntil(lambda: bridge.is_idle)
    for one in three[1:]:
        assert world.call(world.store.conversations.get(one)).status is ConversationStatus.RESOLVED


@pytest.mark.parametrize("goes", [True, False], ids=["to another", "on writing"])
def test_an_answer_that_comes_late_leads_nobody_away_from_what_they_write(
    qtbot: QtBot, page: InboxPage, opened: Open, three: tuple[int, int, int], bridge: Bridge, goes: bool
) -> None:
    _, wang, zhao = three
    opened(wang)
    page.navigation.walk()
    if goes:
        page.open_conversation(zhao)
    QTest.keyClicks(page.chat.composer.edit, "for you")
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert (page.session.conversation_id, page.chat.composer.text()) == (zhao if goes else wang, "for you")


def test_a_reply_for_later_is_shown_with_its_time_and_changed_before(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, three: tuple[int, int, int], bridge: Bridge
) -> None:
    li, *_ = three
    opened(li)
    edit, menu = page.chat.composer.edit, page.chat.writing.sending
    QTest.keyClicks(edit, "tomorrow")
    menu.send_later(world.desk.clock() + timedelta(hours=3), (li, Content(text="tomorrow")))
    qtbot.waitUntil(lambda: bridge.is_idle and edit.toPlainText() == "" and "tomorrow" in texts(page))
    row = page.list.model.record(li)
    assert row is not None
    assert status_of_row(row, world.desk.clock()).text.startswith("Sends ")
    entry = page.session.model.rows()[-1]
    assert [offer.text for offer in offers_in(entry)] == ["Send now", "Change", "Stop"]
    page.chat.act(BubbleAction.UNDO, entry.key)
    qtbot.waitUntil(lambda: edit.toPlainText() == "tomorrow")
    menu.send_later(world.desk.clock() + timedelta(days=9), (li, Content(text="tomorrow")))
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert edit.toPlainText() == "tomorrow", "WeChat takes nothing then, so it stays"
    assert world.sandbox.sent == ()


def test_no_later_time_is_offered_once_the_window_is_closed_by_then(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, three: tuple[int, int, int]
) -> None:
    opened(three[0])
    window = world.call(world.store.conversations.get(three[0])).window
    assert window.until is not None
    page.chat.composer.foot.more.click()
    menu = next(one for one in page.findChildren(QMenu) if one.accessibleName() == "More ways to send")
    [later] = [one for one in menu.findChildren(QMenu) if one.title() == "Send later"]
    offered = [one.text() for one in later.actions()]
    times = later_choices(world.desk.clock(), None)
    assert offered == [*(words for words, at in times if at < window.until), "At another time…"]
    assert later_choices(world.desk.clock(), times[-1][1])[-1][0] == times[-2][0]
    menu.close()


def test_a_time_that_is_chosen_is_of_the_reply_for_which_it_was_asked(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, three: tuple[int, int, int], bridge: Bridge
) -> None:
    li, wang, _ = three
    edit = page.chat.composer.edit
    for chosen, written in ((wang, "for wang"), (li, "for li")):
        opened(li)
        edit.setPlainText("for li")
        page.chat.composer.foot.more.click()
        menu = next(one for one in page.findChildren(QMenu) if one.title() == "Send later")
        menu.actions()[-1].trigger()
        menu.parentWidget().close()
        dialog = next(one for one in page.window().findChildren(ConfirmDialog) if one.isVisible())
        opened(chosen)
        edit.setPlainText(written)
        dialog.action.click()
        qtbot.waitUntil(lambda: bridge.is_idle)
        assert edit.toPlainText() == ("" if chosen == li else written)
    qtbot.waitUntil(lambda: texts(page)[-1] == "for li")


def test_a_word_that_should_not_leave_is_warned_of_and_may_be_sent(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, three: tuple[int, int, int], bridge: Bridge
) -> None:
    world.call(world.desk.preferences.set(replace(world.desk.preferences.now, guarded_words=("promise", "never"))))
    opened(three[0])
    QTest.keyClicks(page.chat.composer.edit, "I Promise, ")
    assert "Look again: “promise” should not leave" in page.chat.composer.hint.full_text()
    send(qtbot, world, page, bridge)
    assert [one.text for one in world.sandbox.sent] == ["I Promise, yes"]


CLOSED_THEN = timedelta(days=9)


@pytest.fixture
def contents(world: World) -> dict[ReplyKind, Content]:
    held = io.BytesIO()
    Image.new("RGB", (50, 40), "#336699").save(held, "PNG")
    digest = world.call(world.desk.pictures.add(held.getvalue())).digest
    return {
        ReplyKind.LINK: Content(ReplyKind.LINK, title="Sale", url="https://a.cn/13912345678"),
        ReplyKind.IMAGE: Content(ReplyKind.IMAGE, picture=digest),
        ReplyKind.CARD: Content(ReplyKind.CARD, title="Never dear", page_path="pages/a", thumb_picture=digest),
    }


def choose_later(panel: ContentPanel, nth: int) -> None:
    panel.more.click()
    menu = next(one for one in panel.findChildren(QMenu) if one.title() == "Send later")
    menu.actions()[nth].trigger()
    menu.parentWidget().close()


@pytest.mark.parametrize("kind", [ReplyKind.LINK, ReplyKind.IMAGE, ReplyKind.CARD])
def test_every_kind_of_reply_can_be_sent_later_changed_or_refused(
    qtbot: QtBot,
    world: World,
    page: InboxPage,
    opened: Open,
    three: tuple[int, int, int],
    bridge: Bridge,
    contents: dict[ReplyKind, Content],
    kind: ReplyKind,
) -> None:
    opened(three[0])
    panels, sending = page.chat.writing.panels, page.chat.writing.sending
    panels.offer(contents[kind])
    panel = next(one for one in panels.made if one.isVisible())
    sending.send_later(world.desk.clock() + CLOSED_THEN, (three[0], contents[kind]))
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert panel.isVisible()
    choose_later(panel, 0)
    qtbot.waitUntil(lambda: bridge.is_idle and not panel.isVisible() and panel.content() == Content(kind))
    entry = page.session.model.rows()[-1]
    assert [offer.text for offer in offers_in(entry)] == ["Send now", "Change", "Stop"]
    row = page.list.model.record(three[0])
    assert row is not None
    assert status_of_row(row, world.desk.clock()).text.startswith("Sends ")
    page.chat.act(BubbleAction.UNDO, entry.key)
    qtbot.waitUntil(panel.isVisible)
    assert panel.content() == contents[kind]
    sending.send_and_resolve()

    def status() -> ConversationStatus:
        return world.call(world.store.conversations.get(three[0])).status

    qtbot.waitUntil(lambda: status() is ConversationStatus.RESOLVED and len(world.sandbox.sent) == 1)


def test_a_reply_for_later_is_sent_now_by_its_key_and_not_by_enter(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, three: tuple[int, int, int], bridge: Bridge
) -> None:
    li, *_ = three
    opened(li)
    edit, timeline = page.chat.composer.edit, page.chat.timeline
    QTest.keyClicks(edit, "tomorrow")
    page.chat.writing.sending.send_later(world.desk.clock() + timedelta(hours=3), (li, Content(text="tomorrow")))
    qtbot.waitUntil(lambda: bridge.is_idle and "tomorrow" in texts(page))
    timeline.focus_last()
    QTest.keyClick(timeline, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bridge.is_idle)
    reply = page.session.model.rows()[-1].reply
    assert reply is not None
    assert is_scheduled(world.call(world.store.replies.get(reply.id)))
    QTest.keyClick(timeline, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: [one.text for one in world.sandbox.sent] == ["tomorrow"])


def test_undo_keeps_content_aside_while_another_panel_is_in_use(
    qtbot: QtBot,
    world: World,
    page: InboxPage,
    opened: Open,
    three: tuple[int, int, int],
    bridge: Bridge,
    contents: dict[ReplyKind, Content],
) -> None:
    opened(three[0])
    panels = page.chat.writing.panels
    world.call(world.desk.replies.write(three[0], contents[ReplyKind.LINK], world.desk.clock() + timedelta(hours=3)))
    qtbot.waitUntil(lambda: bridge.is_idle and "Sale" in texts(page)[-1])
    panels.offer(contents[ReplyKind.CARD])
    page.chat.act(BubbleAction.UNDO, page.session.model.rows()[-1].key)
    qtbot.waitUntil(lambda: page.chat.composer.line.words.full_text() == "A link is not sent yet")
    assert panels[ReplyKind.CARD].isVisible()
    panels.close()
    panels.open(ReplyKind.LINK)
    assert panels[ReplyKind.LINK].content() == contents[ReplyKind.LINK]


def test_words_that_should_not_leave_are_warned_of_in_panels_too(
    world: World, page: InboxPage, opened: Open, three: tuple[int, int, int], contents: dict[ReplyKind, Content]
) -> None:
    words = ("never", "1##########")
    world.call(world.desk.preferences.set(replace(world.desk.preferences.now, guarded_words=words)))
    opened(three[0])
    panels = page.chat.writing.panels
    panels.offer(contents[ReplyKind.LINK])
    assert panels[ReplyKind.LINK].hint.full_text() == "Look again: “13912345678” should not leave"
    assert panels[ReplyKind.LINK].send.isEnabled()
    panels[ReplyKind.LINK].form.by_name["url"].edit.setText("https://a.cn/sale")
    assert panels[ReplyKind.LINK].hint.full_text() == "takes 1 reply, 5 are left"
    panels.offer(contents[ReplyKind.CARD])
    assert panels[ReplyKind.CARD].hint.full_text() == "Look again: “never” should not leave"
    panels.offer(contents[ReplyKind.IMAGE])
    assert panels[ReplyKind.IMAGE].hint.full_text() == "takes 1 reply, 5 are left"
