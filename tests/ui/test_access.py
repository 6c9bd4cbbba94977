"""The window as a screen reader hears it: names, roles, descriptions without markup, and what is about to leave."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.inbox.conftest import HOURS
from tests.ui.world import World, open_world
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.model.account import ReplyMode
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets import labels
from wxdesk.ui.widgets.buttons import Button, Chip

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


def test_no_markup_is_spelled_and_roles_and_names_tell_things_apart(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge
) -> None:
    window.open_conversation(1)
    qtbot.waitUntil(lambda: window.inbox.session.row is not None and bridge.is_idle)
    for index in range(len(window.page_names)):
        window.show_page(index)
        qtbot.waitUntil(lambda: bridge.is_idle)
    widgets = window.findChildren(QWidget)
    marked = [
        f"{type(one).__name__}: {heard(one, TEXT.Description)}"
        for one in widgets
        if "<span" in heard(one, TEXT.Description)
    ]
    assert marked == []
    roles = {QAccessible.queryAccessibleInterface(item).role() for item in window.rail.items}
    chips = window.inbox.list.chips.findChildren(Chip)
    roles |= {
        QAccessible.queryAccessibleInterface(chip).role() for chip in chips if chip is not window.inbox.list.chips.scope
    }
    assert roles == {QAccessible.Role.RadioButton}
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


def test_a_reply_about_to_leave_is_announced_once_while_it_can_be_stopped(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    class Hearing:
        @staticmethod
        def updateAccessibility(event: QAccessibleAnnouncementEvent) -> None:  # noqa: N802 - Qt's name
            said.append(event.message())

    monkeypatch.setattr(labels, "QAccessible", Hearing)
    page: InboxPage = window.inbox
    qtbot.waitUntil(lambda: page.list.strip.model.rowCount() == 1)
    due_at = page.list.strip.model.rows()[0].reply.due_at
    assert due_at is not None
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
