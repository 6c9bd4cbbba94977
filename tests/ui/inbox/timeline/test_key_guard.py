"""Keys and clicks on a bubble that has just changed do nothing, and letters go into the composer."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.inbox.conftest import HOURS
from tests.ui.inbox.records import NOW, reply
from tests.ui.world import World, open_world
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.ui.inbox.lists import READABLE
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction, BubbleKey, offers_in
from wxdesk.ui.inbox.timeline.dialogs import LinkDialog
from wxdesk.ui.inbox.timeline.entries import TimelineEntry, entries_of
from wxdesk.ui.inbox.timeline.view import KeyGuard
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notice_lines import Toast
from wxdesk.ui.widgets.labels import PlainLabel

CUSTOMER = "oCustomer0000000000000001"
PARTS = Rule(
    "Parts",
    when=Condition(any=("parts",)),
    then=(Action(ActionKind.REPLY, text="First."), Action(ActionKind.REPLY, text="Second.")),
)
LINK = Rule(
    "Link",
    when=Condition(any=("link",)),
    then=(Action(ActionKind.REPLY, text='<a href="https://shop.example/hours">Hours</a>'),),
)
S = ReplyState
LOST = SimulatedFault(FaultKind.RESET_BEFORE)
REFUSED = SimulatedFault(FaultKind.ERRCODE, errcode=87014)
TIME_OVER = START + timedelta(seconds=601)

type Open = Callable[[int], None]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, ReplyMode.HOLD, HandClock()) as made:
        for rule in (PARTS, LINK, HOURS):
            made.call(made.desk.rules.rulebook.save(rule))
        yield made


def first(page: InboxPage) -> TimelineEntry:
    return next(entry for entry in page.session.model.rows() if entry.key == "r1")


def state(page: InboxPage) -> ReplyState:
    reply = first(page).reply
    assert reply is not None
    return reply.state


def focus(qtbot: QtBot, page: InboxPage, bridge: Bridge) -> None:
    qtbot.waitUntil(lambda: bridge.is_idle and page.chat.timeline.focus_on("r1"))


def press(page: InboxPage, keys: str) -> None:
    QTest.keySequence(page.chat.timeline, keys)


def read(world: World) -> None:
    """Long enough for the operator to see what stands there now."""
    assert isinstance(world.clock, HandClock)
    world.move_to(world.clock.now + READABLE)


def bring_to(qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open, wanted: ReplyState) -> None:
    """A rule's reply comes to `wanted`, and was seen there; where it is held, two parts of it ask."""
    if wanted is S.DRAFT:
        world.call(world.desk.accounts.set_mode("shop", ReplyMode.DRAFT, 8))
    conversation = world.say(CUSTOMER, "parts" if wanted is S.HELD else "opening?")
    if wanted is S.HELD:
        world.call(world.desk.outbox.pause())
        world.move_to(TIME_OVER)
        world.call(world.desk.outbox.resume())
    elif wanted is not S.DRAFT:
        world.sandbox.faults.plan(LOST if wanted is S.UNKNOWN else REFUSED)
        world.move_to(TIME_OVER)
        world.wait_until_sent(1)
    opened(conversation)
    focus(qtbot, page, bridge)
    assert state(page) is wanted


WORDS = ("ok, one moment", "everything is fine", "Right, I see", "not yet", "do so")


@pytest.mark.parametrize("before", [S.HELD, S.DRAFT, S.FAILED, S.UNKNOWN])
def test_letters_typed_at_a_bubble_go_into_the_composer(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open, before: ReplyState
) -> None:
    bring_to(qtbot, world, page, bridge, opened, before)
    shown = offers_in(first(page))
    for words in WORDS:
        focus(qtbot, page, bridge)
        for letter in words:
            QTest.keyClicks(QApplication.focusWidget(), letter)
        qtbot.waitUntil(lambda: bridge.is_idle)
        assert page.chat.composer.text() == words
        assert page.chat.composer.editing is None
        page.chat.composer.edit.clear()
    assert offers_in(first(page)) == shown
    assert not world.sandbox.sent


def test_no_bubble_has_a_key_that_writes() -> None:
    plain = [key for key in BubbleKey if len(key.value) == 1 and key is not BubbleKey.ENTER]
    assert not plain
    assert not [key for key in BubbleKey if key.value.startswith("Shift+")]


@pytest.mark.parametrize("keys", ["Return", "Esc", "Ctrl+D", "Ctrl+R"])
def test_a_key_for_a_countdown_does_nothing_once_its_reply_is_lost(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open, keys: str
) -> None:
    opened(world.say(CUSTOMER, "opening?"))
    focus(qtbot, page, bridge)
    world.sandbox.faults.plan(LOST)
    world.move_to(TIME_OVER)
    qtbot.waitUntil(lambda: state(page) is S.UNKNOWN)
    press(page, keys)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert state(page) is S.UNKNOWN
    assert not world.sandbox.sent


def test_enter_pressed_twice_sends_and_settles_nothing(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open
) -> None:
    opened(world.say(CUSTOMER, "opening?"))
    focus(qtbot, page, bridge)
    world.sandbox.faults.plan(LOST)
    press(page, "Return")
    qtbot.waitUntil(lambda: state(page) is S.UNKNOWN)
    for _ in range(2):
        press(page, "Return")
        qtbot.waitUntil(lambda: bridge.is_idle)
        assert state(page) is S.UNKNOWN, "no Enter ever says that it arrived"
        read(world)
    press(page, "Ctrl+D")
    qtbot.waitUntil(lambda: state(page) is S.SENT)
    assert not world.sandbox.sent


def test_esc_for_stop_does_not_discard_a_reply_that_has_just_failed(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open
) -> None:
    opened(world.say(CUSTOMER, "opening?"))
    focus(qtbot, page, bridge)
    world.sandbox.faults.plan(REFUSED)
    world.move_to(TIME_OVER)
    qtbot.waitUntil(lambda: state(page) is S.FAILED)
    for keys in ("Esc", "Return"):
        press(page, keys)
        qtbot.waitUntil(lambda: bridge.is_idle)
        assert state(page) is S.FAILED
    read(world)
    press(page, "Esc")
    qtbot.waitUntil(lambda: state(page) is S.CANCELLED)


def test_a_click_for_what_stood_there_before_does_nothing(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open
) -> None:
    opened(world.say(CUSTOMER, "opening?"))
    focus(qtbot, page, bridge)
    world.sandbox.faults.plan(LOST)
    world.move_to(TIME_OVER)
    qtbot.waitUntil(lambda: state(page) is S.UNKNOWN)
    click(qtbot, page, BubbleAction.CONFIRM)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert state(page) is S.UNKNOWN
    read(world)
    click(qtbot, page, BubbleAction.CONFIRM)
    qtbot.waitUntil(lambda: state(page) is S.SENT)


def click(qtbot: QtBot, page: InboxPage, action: BubbleAction) -> None:
    view, entry = page.chat.timeline, first(page)
    [placed] = [one for one in view.bubbles.layout_of(entry).buttons if one.offer.action is action]
    row = page.session.model.row_of(entry.key)
    assert row >= 0
    at = view.visualRect(page.session.model.index(row)).topLeft() + placed.rect.center().toPoint()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_menu_opened_before_a_failure_does_not_discard_the_failed_reply(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open
) -> None:
    opened(world.say(CUSTOMER, "opening?"))
    focus(qtbot, page, bridge)
    view = page.chat.timeline
    at = view.visualRect(view.currentIndex()).topRight() + QPoint(-60, 20)
    QApplication.sendEvent(
        view.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.viewport().mapToGlobal(at))
    )
    [menu] = [one for one in view.findChildren(QMenu) if one.isVisible()]
    stop = next(action for action in menu.actions() if action.text() == "Stop")
    world.sandbox.faults.plan(REFUSED)
    world.move_to(TIME_OVER)
    qtbot.waitUntil(lambda: state(page) is S.FAILED)
    read(world)
    stop.trigger()
    menu.close()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert state(page) is S.FAILED
    [toast] = page.window().findChildren(Toast)
    told = toast.findChild(PlainLabel).full_text()
    assert told == "“Stop” came too late. The reply is now: Failed 87014"


def test_a_key_whose_effect_stays_the_same_works_at_once(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open
) -> None:
    """Esc stops what is held, and what waits to be sent; the one has become the other under the focus.

    The window may or may not have shown the attempt in between: both ways are tried below.
    """
    opened(world.say(CUSTOMER, "opening?"))
    focus(qtbot, page, bridge)
    world.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=-1))
    world.move_to(TIME_OVER)
    qtbot.waitUntil(lambda: state(page) is S.QUEUED and bridge.is_idle)
    press(page, "Esc")
    qtbot.waitUntil(lambda: state(page) is S.CANCELLED)
    assert not world.sandbox.sent


@pytest.mark.parametrize(
    ("seen", "at_once"),
    [
        ((S.HELD, S.QUEUED), True),
        ((S.HELD, S.SENDING, S.QUEUED), True),
        ((S.QUEUED, S.SENDING, S.QUEUED), True),
        ((S.SENDING, S.QUEUED), False),
        ((S.HELD, S.SENDING, S.FAILED), False),
        ((S.FAILED, S.QUEUED), False),
        ((S.HELD, S.FAILED, S.SENDING, S.QUEUED), False),
    ],
)
def test_esc_stops_at_once_what_it_stopped_before_an_attempt(seen: tuple[ReplyState, ...], at_once: bool) -> None:
    clock = HandClock()
    guard = KeyGuard(clock)
    for shown in seen:
        [*_, entry] = entries_of([reply(1, shown, due_at=NOW if shown is S.HELD else None)], NOW)
        guard.follow([entry])
    assert entry.reply is not None
    [esc] = [offer for offer in offers_in(entry) if offer.key is BubbleKey.ESC]
    assert guard.means(entry, esc.action) is at_once
    clock.now += READABLE
    assert guard.means(entry, esc.action)


def test_a_late_enter_opens_nothing_either(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open
) -> None:
    opened(world.say(CUSTOMER, "link?"))
    focus(qtbot, page, bridge)
    press(page, "Return")
    qtbot.waitUntil(lambda: state(page) is S.SENT)
    press(page, "Return")
    assert page.chat.timeline.findChildren(LinkDialog) == []
    read(world)
    press(page, "Return")
    [dialog] = page.chat.timeline.findChildren(LinkDialog)
    dialog.reject()


def test_a_clock_that_is_put_back_locks_no_key(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open
) -> None:
    bring_to(qtbot, world, page, bridge, opened, S.FAILED)
    world.sandbox.faults.plan(REFUSED)
    press(page, "Return")
    qtbot.waitUntil(lambda: state(page) is S.FAILED and bridge.is_idle)
    world.move_to(START)
    press(page, "Esc")
    qtbot.waitUntil(lambda: state(page) is S.CANCELLED)
