"""The window as a screen reader hears it: names, roles, descriptions without markup, and what is about to leave."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.inbox.conftest import HOURS
from tests.ui.world import World, open_world
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.model.account import ReplyMode
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.shell.rail import RailItem
from wxdesk.ui.widgets import labels
from wxdesk.ui.widgets.buttons import Button, Chip
from wxdesk.ui.widgets.fields.choice import ChoiceField

LI = "oCustomer0000000000000001"
TEXT = QAccessible.Text


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, ReplyMode.HOLD, HandClock()) as made:
        made.call(made.desk.rules.rulebook.save(HOURS))
        chat = made.say(LI, "opening? <b>now</b>")
        made.call(
            made.desk.conversations.describe(chat, ContactChange(alias="<i>Li</i> & " + "long " * 9, add=("<u>x",)))
        )
        yield made


def heard(widget: QWidget, what: QAccessible.Text) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(what)


def role_of(widget: QWidget) -> QAccessible.Role:
    return QAccessible.queryAccessibleInterface(widget).role()


def test_no_markup_is_spelled_and_roles_and_names_tell_things_apart(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge
) -> None:
    window.open_conversation(1)
    qtbot.waitUntil(lambda: window.inbox.session.row is not None and bridge.is_idle)
    for index in range(len(window.page_names)):
        window.show_page(index)
        qtbot.waitUntil(lambda: bridge.is_idle)
        item = window.rail.group.checkedButton()
        assert isinstance(item, RailItem)
        assert heard(window.shown, TEXT.Name) == item.place.word, "where the keyboard is on a page without fields yet"
    widgets = window.findChildren(QWidget)
    marked = [
        f"{type(one).__name__}: {heard(one, TEXT.Description)}"
        for one in widgets
        if "<span" in heard(one, TEXT.Description)
    ]
    assert marked == []
    others = [window.inbox.list.chips.scope, *(one for one in widgets if isinstance(one, Chip) and one.group() is None)]
    choices = [one for one in widgets if isinstance(one, RailItem | Chip) and one not in others]
    assert {role_of(one) for one in choices} == {QAccessible.Role.RadioButton}
    assert role_of(window) is QAccessible.Role.Window, "else all labels are read whenever a menu or dialog closes"
    assert QAccessible.Role.LayeredPane not in {role_of(one) for one in widgets}, "read at each step into it"
    lists = [heard(one, TEXT.Name) for one in window.inbox.findChildren(QAbstractItemView) if heard(one, TEXT.Name)]
    assert len(lists) == len(set(lists))


def _stops(qtbot: QtBot, window: MainWindow, first: QWidget, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """Everything that Tab or Shift+Tab reaches, beginning with `first`."""
    first.setFocus()
    stops = [first]
    while len(stops) < 200:
        qtbot.keyClick(stops[-1], key)
        focused = window.focusWidget()
        if focused is first:
            break
        stops.append(focused)
    return stops


def test_tab_goes_through_the_inbox_as_it_is_seen(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge
) -> None:
    window.resize(1280, 800)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.notices.bar("one", "Something waits.", "pending", "Decide…", lambda: None)
    window.open_conversation(1)
    page = window.inbox
    qtbot.waitUntil(lambda: page.session.row is not None and bridge.is_idle)
    qtbot.waitUntil(lambda: any(one.isVisible() for one in page.detail.decision.findChildren(Button)))
    stops = _stops(qtbot, window, page.list.search)
    chips = [one for one in stops if page.list.chips.isAncestorOf(one)]
    assert stops[: len(chips) + 2] == [page.list.search, page.list.scope, *chips]
    assert chips
    links = [one for one in stops if page.detail.decision.isAncestorOf(one)]
    assert links
    parts = (page.list, page.chat.header, page.chat.composer, page.detail, window.notices.bars, window.status_bar)
    at = [{stops.index(one) for one in stops if part.isAncestorOf(one)} for part in parts]
    assert all(max(before) < min(after) for before, after in pairwise(at)), "one part after the other"
    places = [stops[n].mapTo(window, stops[n].rect().center()).x() for n in sorted(at[1])]
    assert len(places) > 4
    assert places == sorted(places)


@pytest.mark.parametrize("width", [1280, 900])
def test_tab_goes_to_nothing_that_a_notice_covers(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge, width: int
) -> None:
    window.resize(width, 600)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.notices.bar(
        "one", "Something waits that takes the whole foot to be told. " * 3, "pending", "Go", lambda: None
    )
    world.say("oWaiting0000000000000001", "hello")
    foot = window.status_bar
    qtbot.waitUntil(lambda: foot.longest.isVisible() and bridge.is_idle)
    for forward in (True, False):
        stops = _stops(qtbot, window, window.inbox.list.search, Qt.Key.Key_Tab if forward else Qt.Key.Key_Backtab)
        assert foot.pause in stops
        for stop in (one for one in stops if foot.isAncestorOf(one)):
            over = window.childAt(stop.mapTo(window, stop.rect().center()))
            assert over is stop or stop.isAncestorOf(over), stop.accessibleName()


def test_what_tab_reaches_is_scrolled_into_sight(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge
) -> None:
    window.resize(1280, 560)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    world.call(world.desk.conversations.describe(1, ContactChange(note="long\n" * 12)))
    window.open_conversation(1)
    detail = window.inbox.detail
    qtbot.waitUntil(lambda: window.inbox.session.row is not None and bridge.is_idle)
    bar = detail.area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100)
    bar.setValue(bar.maximum())
    assert detail.contact.alias.visibleRegion().isEmpty()
    while not detail.isAncestorOf(window.focusWidget()):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert window.focusWidget() is detail.contact.alias
    assert not detail.contact.alias.visibleRegion().isEmpty()


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All announcements, in order."""
    told: list[str] = []

    class Hearing:
        @staticmethod
        def updateAccessibility(event: QAccessibleAnnouncementEvent) -> None:  # noqa: N802 - Qt's name
            told.append(event.message())

    monkeypatch.setattr(labels, "QAccessible", Hearing)
    return told


def test_a_reply_about_to_leave_is_announced_once_while_it_can_be_stopped(
    qtbot: QtBot, world: World, window: MainWindow, said: list[str]
) -> None:
    page: InboxPage = window.inbox
    qtbot.waitUntil(lambda: page.list.strip.model.rowCount() == 1)
    due_at = page.list.strip.model.rows()[0].reply.due_at
    assert due_at is not None
    said.clear()
    page.list.strip.tick(START)
    assert said == []
    world.clock.now = due_at - timedelta(seconds=8)  # type: ignore[attr-defined]
    page.list.strip.tick(world.clock())
    page.list.strip.tick(world.clock())
    assert len(said) == 1
    assert said[0].endswith("Sends in 8 s: We open at 9.")


def test_going_up_to_the_bubbles_reads_out_no_other_row_on_the_way(
    qtbot: QtBot, window: MainWindow, bridge: Bridge
) -> None:
    view, edit = window.inbox.chat.timeline, window.inbox.chat.composer.edit
    window.open_conversation(1)
    qtbot.waitUntil(lambda: view.model().rowCount() > 2 and bridge.is_idle)
    read_out: list[int] = []
    view.selectionModel().currentChanged.connect(lambda now, _: read_out.append(now.row()))
    qtbot.keyClick(edit, Qt.Key.Key_Up)
    assert read_out == [view.model().rowCount() - 1]


def test_what_comes_into_the_open_conversation_is_told_once(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge, said: list[str]
) -> None:
    window.open_conversation(1)
    qtbot.waitUntil(lambda: window.inbox.session.model.rowCount() > 2 and bridge.is_idle)
    world.say("oWaiting0000000000000001", "elsewhere")
    world.tell(LI, "and on Sunday?")
    qtbot.waitUntil(lambda: any("and on Sunday?" in one for one in said))
    edit = window.inbox.chat.composer.edit
    edit.setPlainText("Closed then.")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any("Closed then." in one for one in said) and bridge.is_idle)
    customer, draft, mine = [one for one in said if "Sunday" in one or "Closed" in one]
    assert customer.startswith("Customer, and on Sunday?, ")
    assert "you wrote instead" in draft
    assert mine.startswith("Closed then., You, ")
    assert mine.endswith("Accepted by WeChat")
    assert not any("opening?" in one or "elsewhere" in one for one in said)


def test_a_list_that_is_used_from_its_field_tells_what_enter_chooses(
    qtbot: QtBot, qapp: QApplication, window: MainWindow, bridge: Bridge, said: list[str]
) -> None:
    window.open_conversation(1)
    qtbot.waitUntil(lambda: window.inbox.session.row is not None and bridge.is_idle)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    edit, picker = window.inbox.chat.composer.edit, window.inbox.chat.writing.templates.emoticons
    edit.setFocus()
    passed: list[QWidget] = []
    qtbot.keyClick(edit, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(picker.field, Qt.Key.Key_Right)
    rows = [picker.list.item(at).data(Qt.ItemDataRole.AccessibleTextRole) for at in range(2)]
    assert said[-2:] == rows
    qapp.focusChanged.connect(lambda _, now: passed.append(now))
    qtbot.keyClick(picker.field, Qt.Key.Key_Escape)
    assert [one for one in passed if one is not None] == [edit], "a field on the way would be read instead"


def test_a_search_tells_how_much_it_found(qtbot: QtBot, window: MainWindow, bridge: Bridge, said: list[str]) -> None:
    search = window.inbox.list.search
    search.setText("opening")
    qtbot.waitUntil(lambda: bool(said) and said[-1].startswith("Search results: "))
    assert said[-1] != "Search results: 0"
    search.setText("nowhere at all")
    qtbot.waitUntil(lambda: said[-1] == "Search results: 0")


def test_a_page_that_follows_another_without_a_field_in_focus_is_told(window: MainWindow, said: list[str]) -> None:
    window.activateWindow()
    for index in (2, 3):
        window.show_page(index)
        assert window.shown.hasFocus()
    assert said[-1] == heard(window.shown, TEXT.Name) == window.rail.items[3].place.word


def test_a_drop_down_list_tells_what_it_chooses(qtbot: QtBot) -> None:
    field = ChoiceField(None, "How this account answers", [(1, "Automatic"), (2, "By hand")])
    qtbot.addWidget(field)
    told = {heard(field, TEXT.Name), heard(field, TEXT.Description)}
    assert "How this account answers" in told


def test_the_buttons_of_a_notice_tell_what_they_are_about(window: MainWindow) -> None:
    window.notices.bar("one", "Something waits.", "pending", "Decide…", lambda: None)
    bar = window.notices.bars.button("one").parentWidget()
    assert bar is not None
    assert heard(bar, TEXT.Name) == "Something waits."
