"""A list without conversations says why, and its button leads where its words say."""

import asyncio
import threading
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ShowPage
from tests.ui.inbox.conftest import HOURS
from tests.ui.inbox.records import NOW
from tests.ui.world import PATIENCE, World
from wxdesk.core.conversations.changes import RowAct, RowChange
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.setup.findings import Check
from wxdesk.desk.conversations.inbox_queries import ListPage
from wxdesk.ui.inbox.conversation_list.empty_text import EmptyStep, LackingSetup, empty_text_for
from wxdesk.ui.inbox.conversation_list.panel import ConversationList
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.row_list import RECORD
from wxdesk.ui.wording.reply_status import no_hold_reason

LI = "oLI00000000000000000001"


@pytest.mark.parametrize("before", [True, False], ids=["an earlier run", "just now"])
def test_an_empty_list_says_all_done_where_all_are_resolved(
    qtbot: QtBot, world: World, show_page: ShowPage, bridge: Bridge, before: bool
) -> None:
    conversation = world.say(LI, "hello")
    if before:
        world.call(world.desk.conversations.change((conversation,), RowChange(RowAct.RESOLVE)))
    page = show_page(InboxPage, 1280, 800)
    if not before:
        world.call(world.desk.conversations.change((conversation,), RowChange(RowAct.RESOLVE)))
    empty = page.list.empty
    qtbot.waitUntil(lambda: empty.title.full_text() == "All done")
    empty.step.click()
    qtbot.waitUntil(lambda: bridge.is_idle and page.list.model.rowCount() == 1)
    assert page.list.model.chosen is InboxFilter.ANY_STATUS


def test_a_page_that_answers_late_hides_nothing_newer(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.say(LI, "hello")
    qtbot.waitUntil(lambda: bridge.is_idle and page.list.model.rowCount() == 1)
    ask, was_read, may_answer = world.desk.inbox.list_page, threading.Event(), asyncio.Event()

    async def ask_slowly(*args: Any) -> ListPage:
        answer = await ask(*args)
        was_read.set()
        await may_answer.wait()
        return answer

    monkeypatch.setattr(world.desk.inbox, "list_page", ask_slowly)
    page.feed.load()
    assert was_read.wait(PATIENCE)
    world.say(LI.replace("LI", "WANG"), "hi")
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 2)
    world.loop.call_soon_threadsafe(may_answer.set)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert page.list.model.rowCount() == 2


def test_a_list_that_was_not_read_yet_does_not_say_that_it_is_empty(qtbot: QtBot) -> None:
    shown = ConversationList(lambda: NOW, no_hold_reason, lambda _: "")
    qtbot.addWidget(shown)
    shown.show()
    shown.show_lacking(LackingSetup("shop"))
    assert not shown.empty.isVisible()
    shown.show_rows(InboxFilter.ALL, [])
    assert shown.empty.isVisible()


def test_an_empty_inbox_names_what_is_missing_and_leads_there(qtbot: QtBot, page: InboxPage, bridge: Bridge) -> None:
    empty, wanted = page.list.empty, list[str]()
    page.list.setup_wanted.connect(lambda: wanted.append("set-up"))
    for chosen in (InboxFilter.ALL, InboxFilter.ANY_STATUS):
        page.list.chips.choose(chosen)
        qtbot.waitUntil(lambda: bridge.is_idle)
        assert (empty.title.full_text(), empty.step.text()) == ("No conversations yet", "Go on with the set-up")
        assert "WeChat has no way to this computer" in empty.sentence.full_text()
        empty.step.click()
        assert page.chat.empty.title.isVisible()
        assert not page.chat.empty.sentence.isVisible(), "there is none to choose"
    assert wanted == ["set-up", "set-up"]


def test_the_chat_says_how_to_open_one_of_those_that_are_there(qtbot: QtBot, world: World, page: InboxPage) -> None:
    world.say(LI, "hello")
    qtbot.waitUntil(lambda: page.chat.empty.sentence.isVisible())


@pytest.mark.parametrize(
    ("lacking", "words", "then"),
    [
        (LackingSetup(), "Connect your mini program", EmptyStep.SETUP),
        (LackingSetup("shop", Check.API, has_rules=False), "its AppID and AppSecret", EmptyStep.SETUP),
        (LackingSetup("shop", Check.URL_CHECK, has_rules=False), "has not checked the address", EmptyStep.SETUP),
        (LackingSetup("shop", Check.MESSAGE, has_rules=False), "there is no rule", EmptyStep.RULES),
        (LackingSetup("shop", None, has_rules=False), "there is no rule", EmptyStep.RULES),
        (LackingSetup("shop", Check.MESSAGE), "As soon as a customer writes", EmptyStep.SETUP),
    ],
)
def test_each_obstacle_has_its_words(lacking: LackingSetup, words: str, then: EmptyStep) -> None:
    told = empty_text_for(InboxFilter.ALL, lacking, any_not_open=False)
    assert words in told.sentence
    assert told.then is then


def test_an_empty_inbox_hears_of_the_last_and_the_first_rule(
    qtbot: QtBot, world: World, page: InboxPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    rulebook, told = world.desk.rules.rulebook, list[LackingSetup]()
    monkeypatch.setattr(page.list, "show_lacking", told.append)
    for rule in world.call(rulebook.all()):
        world.call(rulebook.delete(rule.id))
    qtbot.waitUntil(lambda: bool(told) and not told[-1].has_rules)
    world.call(rulebook.save(replace(HOURS, enabled=False)))
    qtbot.waitUntil(lambda: told[-1].has_rules)


def test_the_first_rows_are_shown_where_the_open_conversation_is(
    qtbot: QtBot, world: World, show_page: ShowPage, bridge: Bridge
) -> None:
    """As after a restart; it used to be out of sight below."""
    oldest, *_ = (world.say(LI.replace("LI", f"LI{n}"), "hello") for n in range(12))
    page = show_page(InboxPage, 900, 500)
    qtbot.waitUntil(lambda: bridge.is_idle and page.list.model.rowCount() == 12)
    page.list.show_rows(InboxFilter.ALL, ())
    page.list.select(oldest)
    page.feed.load()
    view = page.list.view
    qtbot.waitUntil(lambda: bridge.is_idle and view.currentIndex().row() == 11)
    assert view.viewport().height() >= view.visualRect(view.currentIndex()).bottom()


@pytest.mark.parametrize("held", [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier])
def test_a_conversation_opened_by_a_key_is_the_only_one_chosen(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, held: Qt.KeyboardModifier
) -> None:
    first, second = world.say(LI, "hello"), world.say(LI.replace("LI", "WANG"), "hi")
    qtbot.waitUntil(lambda: bridge.is_idle and page.list.model.rowCount() == 2)
    page.open_conversation(first)
    qtbot.waitUntil(lambda: bridge.is_idle)
    edit = page.chat.composer.edit
    qtbot.keyPress(edit, Qt.Key.Key_F12, held)
    page.open_conversation(second)
    qtbot.waitUntil(lambda: bridge.is_idle)
    qtbot.keyRelease(edit, Qt.Key.Key_F12, held)
    [chosen] = page.list.view.selectedIndexes()
    assert chosen.data(RECORD).conversation.id == second
    page.feed.load()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert len(page.list.view.selectedIndexes()) == 1, "also after the list was read again"
    assert page.list.several.isHidden()


def test_the_line_of_held_replies_moves_no_row_from_under_the_pointer(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge
) -> None:
    for number in range(20):
        world.say(f"oLI{number:020}", "hello")
    view, strip, window = page.list.view, page.list.strip, page.window()
    qtbot.waitUntil(lambda: bridge.is_idle and page.list.model.rowCount() == 20)

    def move(widget: QWidget, at: QPoint) -> None:
        QTest.mouseMove(window.windowHandle(), widget.mapTo(window, at))

    def row_at(y: int) -> int:
        return view.indexAt(view.viewport().mapFrom(page.list, QPoint(40, y))).row()

    height = strip.sizeHint().height()
    strip.hide()
    move(page.list.search, QPoint(5, 5))
    aim = view.y() + height + 5
    move(page.list, QPoint(40, aim))
    qtbot.waitUntil(view.underMouse)
    aimed = row_at(aim)
    strip.show()
    qtbot.waitUntil(lambda: view.y() > aim - height - 5)
    assert row_at(aim) == aimed
    move(page.list.search, QPoint(5, 5))
    qtbot.waitUntil(lambda: not view.underMouse())
    assert view.verticalScrollBar().value() == 0, "the first row is seen whole again"


def test_a_click_marks_the_row_it_opens_although_the_one_left_moves_away(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge
) -> None:
    """The open conversation keeps its place while its customer writes, and takes the due one when it is left."""
    first = world.say(LI, "hello")
    second = world.say(LI.replace("LI", "WANG"), "hi")
    qtbot.waitUntil(lambda: bridge.is_idle and page.list.model.rowCount() == 2)
    page.open_conversation(first)
    world.say(LI, "still there?")
    qtbot.waitUntil(lambda: bridge.is_idle and page.list.model.row_of(first) == 1)
    view = page.list.view
    at = view.visualRect(page.list.model.index(0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: bridge.is_idle and page.session.conversation_id == second)
    assert page.list.model.row_of(first) == 0
    assert [one.data(RECORD).conversation.id for one in view.selectedIndexes()] == [second]


def test_a_row_may_go_before_the_button_is_let_go(qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge) -> None:
    world.say(LI, "hello")
    qtbot.waitUntil(lambda: bridge.is_idle and page.list.model.rowCount() == 1)
    view = page.list.view
    at = view.visualRect(page.list.model.index(0)).center()
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    page.list.show_rows(InboxFilter.ALL, ())
    with qtbot.waitSignal(page.list.clicked):
        qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert not view.selectedIndexes()


def test_after_a_row_was_left_unread_the_arrows_go_on_from_it(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge
) -> None:
    ids = [world.say(LI.replace("LI", name), "hello") for name in ("FOUR", "THREE", "TWO", "ONE")][::-1]
    qtbot.waitUntil(lambda: bridge.is_idle and page.list.model.rowCount() == 4)
    page.open_conversation(ids[1])
    qtbot.waitUntil(lambda: bridge.is_idle and page.session.conversation_id == ids[1])
    view = page.list.view
    view.setFocus()
    page.navigation.leave()
    assert not view.selectedIndexes()
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: page.session.conversation_id == ids[2])
