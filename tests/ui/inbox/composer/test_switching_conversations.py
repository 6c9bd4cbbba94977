"""Going from one conversation to another while the desk is slow, or cannot read: nothing goes to the wrong customer."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import Event

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.ui.inbox.conftest import texts
from tests.ui.world import PATIENCE, World
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.events import ConversationChanged
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Contact, ConversationStatus
from wxdesk.core.model.reply import Content, Reply, ReplyKind
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.inbox.composer.panels.control import PanelControl
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog

LI, WANG = "oLI00000000000000000001", "oWANG00000000000000000001"

type Open = Callable[[int], None]


@contextmanager
def busy(world: World) -> Iterator[None]:
    """The desk answers nothing meanwhile."""
    go_on = Event()
    world.loop.call_soon_threadsafe(go_on.wait, PATIENCE)
    try:
        yield
    finally:
        go_on.set()


@contextmanager
def unreadable(world: World, table: str) -> Iterator[None]:
    """The store cannot read this table meanwhile."""
    with closing(sqlite3.connect(world.home / "desk.db")) as database:
        database.execute(f"ALTER TABLE {table} RENAME TO gone")
        yield
        database.execute(f"ALTER TABLE gone RENAME TO {table}")


@pytest.fixture
def two(qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge) -> tuple[int, int]:
    """Two conversations that the list shows."""
    made = world.say(LI, "hello"), world.say(WANG, "hi")
    qtbot.waitUntil(lambda: bridge.is_idle and page.list.model.rowCount() == 2)
    return made


def settle(qtbot: QtBot, page: InboxPage, bridge: Bridge) -> None:
    """Wait until the open conversation is shown."""
    qtbot.waitUntil(lambda: bridge.is_idle and not page.session.visit.fresh)


def written(world: World, conversation_id: int) -> list[str]:
    items = world.call(world.store.inbox.timeline(conversation_id, limit=50))
    return [item.content.text for item in items if isinstance(item, Reply)]


def contact(world: World, conversation_id: int) -> Contact:
    return world.call(world.store.conversations.get(conversation_id)).contact


@pytest.mark.parametrize("listed", [True, False], ids=["in the list", "elsewhere"])
def test_a_text_stays_with_the_customer_it_was_written_for(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open, two: tuple[int, int], listed: bool
) -> None:
    li, wang = two
    opened(li)
    composer = page.chat.composer
    composer.edit.setPlainText("for Li")
    if not listed:
        page.list.show_rows(page.list.model.chosen, ())
    with busy(world):
        page.open_conversation(wang)
        assert composer.text() == ""
        QTest.keyClick(composer.edit, Qt.Key.Key_Return)
        QTest.keyClicks(composer.edit, "for Wang")
        assert page.chat.header.isVisible() is listed
        assert composer.send.isEnabled() is listed
    settle(qtbot, page, bridge)
    assert composer.text() == "for Wang"
    assert [one.text for at, one in composer.drafts.unsent if at == li] == ["for Li"]
    QTest.keyClick(composer.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bridge.is_idle and texts(page)[-1:] == ["for Wang"])
    assert (written(world, li), written(world, wang)) == ([], ["for Wang"])
    opened(li)
    assert composer.text() == "for Li"


def test_what_is_added_to_a_text_under_way_does_not_send_it_again(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open, two: tuple[int, int]
) -> None:
    opened(two[0])
    edit = page.chat.composer.edit
    QTest.keyClicks(edit, "one")
    with busy(world):
        QTest.keyClick(edit, Qt.Key.Key_Return)
        QTest.keyClicks(edit, " two")
        QTest.keyClick(edit, Qt.Key.Key_Return)
    settle(qtbot, page, bridge)
    assert (written(world, two[0]), edit.toPlainText()) == (["one"], " two")


def test_a_text_under_way_arrives_where_it_was_written_for(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open, two: tuple[int, int]
) -> None:
    li, wang = two
    opened(li)
    composer = page.chat.composer
    composer.edit.setPlainText("one")
    with busy(world):
        QTest.keyClick(composer.edit, Qt.Key.Key_Return)
        page.open_conversation(wang)
        composer.edit.setPlainText("one")
    settle(qtbot, page, bridge)
    assert (written(world, li), written(world, wang)) == (["one"], [])
    assert composer.text() == "one"
    assert [one.text for at, one in composer.drafts.unsent if at == li] == []


@pytest.mark.expects_log("database error|waits? for the store")
def test_an_unreadable_conversation_is_told_and_keeps_what_is_typed_meanwhile(
    qtbot: QtBot, page: InboxPage, bridge: Bridge, opened: Open, world: World, two: tuple[int, int]
) -> None:
    li, wang = two
    opened(li)
    page.chat.composer.edit.setPlainText("for Li")
    with unreadable(world, "decisions"):
        page.open_conversation(wang)
        page.list.view.setFocus()
        page.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, "for Wang"))
        qtbot.waitUntil(lambda: page.session.visit.failed)
        assert page.chat.unread.title.full_text() == "This conversation could not be read"
        QTest.keyClicks(page.chat.composer.edit, ", still")
    page.chat.unread.step.click()
    settle(qtbot, page, bridge)
    assert not page.chat.unread.isVisible()
    assert texts(page) == ["hi"]
    assert page.chat.composer.text() == "for Wang, still"
    assert [one.text for at, one in page.chat.composer.drafts.unsent if at == li] == ["for Li"]


def test_while_messages_are_read_for_long_it_is_said_and_nothing_else_is_claimed(
    qtbot: QtBot, page: InboxPage, bridge: Bridge, opened: Open, world: World, two: tuple[int, int]
) -> None:
    li, wang = two
    opened(li)
    page.chat._late.setInterval(0)
    with busy(world):
        page.open_conversation(wang)
        qtbot.waitUntil(page.chat.unread.isVisible)
        assert page.chat.unread.sentence.full_text() == "Reading the messages…"
        assert not page.detail.decision.isVisibleTo(page.detail)  # it said that nothing had been decided
        assert page.chat.composer.isVisible()
    settle(qtbot, page, bridge)
    assert page.chat.timeline.isVisible()
    assert page.detail.decision.isVisibleTo(page.detail)


def test_a_conversation_opened_after_a_failure_is_shown(
    qtbot: QtBot, page: InboxPage, bridge: Bridge, world: World, two: tuple[int, int]
) -> None:
    with busy(world):
        page.open_conversation(99)  # there is no such conversation
        page.open_conversation(two[1])
    settle(qtbot, page, bridge)
    assert texts(page) == ["hi"]


@pytest.mark.expects_log("database error|waits? for the store")
def test_the_place_of_a_hit_that_cannot_be_read_gives_way_to_the_end(
    qtbot: QtBot, page: InboxPage, bridge: Bridge, world: World, two: tuple[int, int]
) -> None:
    [hit] = world.call(world.store.inbox.search("hello"))
    with unreadable(world, "messages"):
        page.open_hit(hit)
        qtbot.waitUntil(lambda: bridge.is_idle and page.session.visit.failed)
    page.chat.unread.step.click()
    settle(qtbot, page, bridge)
    assert texts(page) == ["hello"]


@pytest.mark.expects_log("database error|waits? for the store")
def test_rows_that_could_not_be_read_are_read_with_the_next(
    qtbot: QtBot, page: InboxPage, bridge: Bridge, world: World, two: tuple[int, int]
) -> None:
    li, wang = two
    change = ContactChange(alias="Li Lei")
    world.call(world.store.conversations.change_contact(contact(world, li).id, change))
    failed: list[object] = []
    bridge.outdated.connect(failed.append)
    with unreadable(world, "replies"):
        world.publish(ConversationChanged(li))
        qtbot.waitUntil(lambda: bool(failed) and bridge.is_idle)
    world.publish(ConversationChanged(wang))
    qtbot.waitUntil(lambda: "Li Lei" in [row.conversation.contact.alias for row in page.list.model.rows()])


def test_a_note_stays_with_the_customer_it_was_written_about(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open, two: tuple[int, int]
) -> None:
    li, wang = two
    opened(li)
    page.detail.contact.note.setFocus()
    QTest.keyClicks(page.detail.contact.note, "likes tea")
    with busy(world):
        page.open_conversation(wang)
        QTest.keyClicks(QApplication.focusWidget(), "hi")
    settle(qtbot, page, bridge)
    assert (contact(world, li).note, contact(world, wang).note) == ("likes tea", "")
    assert page.chat.composer.text() == "hi"


def test_an_alias_and_a_tag_that_are_begun_are_for_the_customer_who_is_left(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open, two: tuple[int, int]
) -> None:
    li, wang = two
    world.call(world.desk.conversations.describe(li, ContactChange(alias="Alice")))
    opened(li)
    page.detail.focus_first()
    assert page.detail.contact.alias.hasFocus()
    page.detail.contact.tags.plus.click()
    QTest.keyClicks(page.detail.contact.tags.field, "VIP")
    page.open_conversation(wang)
    settle(qtbot, page, bridge)
    assert page.chat.composer.edit.hasFocus()
    page.detail.focus_first()
    QTest.keyClick(page.detail.contact.alias, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert (contact(world, li).alias, contact(world, li).tags) == ("Alice", ("VIP",))
    assert (contact(world, wang).alias, contact(world, wang).tags) == ("", ())
    assert page.detail.contact.tags.field.isHidden()


LINK = Content(ReplyKind.LINK, title="Sale", description="Until Friday", url="https://shop.example/sale")


def begin_link(page: InboxPage) -> PanelControl:
    """Open the panel for links and fill it in."""
    panels = page.chat.writing.panels
    panels.open(ReplyKind.LINK)
    panels[ReplyKind.LINK].fill(LINK)
    return panels


def sent_to(world: World) -> list[tuple[str, str]]:
    """Whom WeChat has given which link."""
    return [(one.openid, one.content["title"]) for one in world.sandbox.sent]


def test_a_panel_goes_with_its_customer_and_sends_to_nobody_else(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open, two: tuple[int, int]
) -> None:
    li, wang = two
    opened(li)
    panels = begin_link(page)
    with busy(world):
        page.open_conversation(wang)
        assert panels[ReplyKind.LINK].isHidden()
        panels[ReplyKind.LINK].submit()
    settle(qtbot, page, bridge)
    panels.open(ReplyKind.LINK)
    assert panels[ReplyKind.LINK].content() == Content(ReplyKind.LINK)
    opened(li)
    panels.open(ReplyKind.LINK)
    assert panels[ReplyKind.LINK].content() == LINK
    panels[ReplyKind.LINK].submit()
    qtbot.waitUntil(lambda: sent_to(world) == [(LI, "Sale")])


def test_a_link_under_way_leaves_what_is_begun_for_another_alone(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open, two: tuple[int, int]
) -> None:
    li, wang = two
    opened(li)
    panels = begin_link(page)
    with busy(world):
        panels[ReplyKind.LINK].submit()
        page.open_conversation(wang)
        panels.open(ReplyKind.LINK)
        panels[ReplyKind.LINK].fill(LINK)
        assert panels[ReplyKind.LINK].send.isEnabled()
    settle(qtbot, page, bridge)
    qtbot.waitUntil(lambda: sent_to(world) == [(LI, "Sale")])
    assert panels[ReplyKind.LINK].isVisible()
    assert panels[ReplyKind.LINK].content() == LINK
    opened(li)
    panels.open(ReplyKind.LINK)
    assert panels[ReplyKind.LINK].content() == Content(ReplyKind.LINK), "what has arrived is not offered again"


def test_a_panel_that_closes_with_its_conversation_types_nothing_in_the_next(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open, two: tuple[int, int]
) -> None:
    li, wang = two
    opened(wang)
    page.chat.composer.edit.setPlainText("half a reply")
    opened(li)
    page.chat.writing.panels.open(ReplyKind.LINK)
    qtbot.waitUntil(lambda: li in world.desk.typing.written_in)
    opened(wang)
    qtbot.waitUntil(lambda: bridge.is_idle and li not in world.desk.typing.written_in)
    assert wang not in world.desk.typing.written_in


def test_a_panel_on_a_page_that_is_not_shown_goes_with_its_customer_too(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge
) -> None:
    told = Action(ActionKind.LINK, content=LINK)
    world.call(world.desk.rules.rulebook.save(Rule("Link", when=Condition(any=("link",)), then=(told,))))
    li, wang = world.say(LI, "link"), world.say(WANG, "hi")
    qtbot.waitUntil(lambda: bridge.is_idle and window.inbox.list.model.rowCount() == 2)
    inbox = window.inbox
    window.open_conversation(wang)
    settle(qtbot, inbox, bridge)
    inbox.chat.resolving.toggle()  # goes on to Li, and offers to undo
    qtbot.waitUntil(lambda: inbox.session.conversation_id == li and not inbox.session.visit.fresh and bridge.is_idle)
    inbox.chat.timeline.focus_last()
    QTest.keyClick(inbox.chat.timeline, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(inbox.chat.writing.panels[ReplyKind.LINK].isVisible)
    window.show_page(1)
    window.notices._toast.action.click()
    qtbot.waitUntil(lambda: inbox.session.conversation_id == wang and not inbox.session.visit.fresh and bridge.is_idle)
    assert window.stack.currentWidget() is inbox
    assert inbox.chat.writing.panels[ReplyKind.LINK].isHidden()
    inbox.chat.writing.panels.open(ReplyKind.LINK)
    assert inbox.chat.writing.panels[ReplyKind.LINK].content() == Content(ReplyKind.LINK)
    inbox.chat.writing.panels[ReplyKind.LINK].fill(replace(LINK, title="For Wang"))
    inbox.chat.writing.panels[ReplyKind.LINK].submit()
    qtbot.waitUntil(lambda: sent_to(world) == [(WANG, "For Wang")])


def menu_of(page: InboxPage, name: str) -> QMenu:
    return next(menu for menu in page.findChildren(QMenu) if menu.accessibleName() == name)


def test_a_menu_is_about_the_customer_it_was_opened_for(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open, two: tuple[int, int]
) -> None:
    li, wang = two
    opened(li)
    page.chat.header._open_menu()
    page.chat.takeover.open_menu()
    page.chat.resolving.open_menu()
    wanted = {"Mode": "By hand", "For how long to take over": "Until I hand back", "Until when to snooze": "For 1 hour"}
    chosen = [next(act for act in menu_of(page, name).actions() if act.text() == text) for name, text in wanted.items()]
    with busy(world):
        page.open_conversation(wang)
        assert not any(menu.isVisible() for menu in page.findChildren(QMenu))
        for action in chosen:
            action.trigger()
    settle(qtbot, page, bridge)
    stored = [world.call(world.store.conversations.get(one)) for one in (li, wang)]
    assert [one.mode for one in stored] == [ReplyMode.OFF, None]
    assert [one.taken_over for one in stored] == [True, False]
    assert [one.status for one in stored] == [ConversationStatus.SNOOZED, ConversationStatus.OPEN]


def test_a_question_is_about_the_customer_it_names(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open, two: tuple[int, int]
) -> None:
    li, wang = two
    opened(li)
    page.chat.transfer.ask()
    page.open_conversation(wang)  # as a notice on the desktop does
    settle(qtbot, page, bridge)
    page.window().findChildren(ConfirmDialog)[0].action.click()
    qtbot.waitUntil(lambda: bridge.is_idle)
    stored = [world.call(world.store.conversations.get(one)) for one in (li, wang)]
    assert [one.transfer_armed for one in stored] == [True, False]


def test_going_on_typing_does_not_open_the_next_customer(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open, two: tuple[int, int]
) -> None:
    li, _ = two
    opened(li)
    with busy(world):
        page.chat.resolving.toggle()
        QTest.keyClicks(page.chat.composer.edit, "thank you")
    qtbot.waitUntil(lambda: bridge.is_idle and page.chat.resolving.bar.isVisible())
    QTest.keyClick(page.chat.composer.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bridge.is_idle and written(world, li) == ["thank you"])
    assert page.session.conversation_id == li
