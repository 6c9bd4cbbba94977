"""Setting conversations aside by hand: buttons, keys, the menu, the toast that undoes it, and where they are found."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.inbox.records import NOW, clock, conversation, row
from tests.ui.menus import popup_menu
from tests.ui.world import World, open_world
from wxdesk.core.conversations.attention import Attention, AttentionReason
from wxdesk.core.conversations.changes import RowAct, RowChange
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.events import PreferencesChanged
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Conversation, ConversationStatus
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, Weekday, WeeklySpan
from wxdesk.desk.rules.business_hours_saving import BusinessHoursEdit
from wxdesk.ui.inbox.conversation_list.rows import ConversationListModel
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notice_lines import Toast
from wxdesk.ui.widgets.labels import plain_tip
from wxdesk.ui.wording.conversation import row_time, status_of_row
from wxdesk.ui.wording.reply_status import no_hold_reason
from wxdesk.ui.wording.status import HoursBoundary, snooze_choices, upcoming_time

LI, HAN, WANG = "oCustomer0000000000000001", "oCustomer0000000000000002", "oCustomer0000000000000003"
HOUR = timedelta(hours=1)
NOD = Rule("Nod", when=Condition(exact=("ok",)), then=(Action(ActionKind.RESOLVE),))
DRAFTS = Rule("Drafts", when=Condition(any=("refund",)), then=(Action(ActionKind.REPLY, text="We will look."),))

Open = Callable[[int], None]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, ReplyMode.DRAFT, clock=HandClock()) as opened:
        opened.call(opened.desk.rules.rulebook.save(DRAFTS))
        yield opened


@pytest.fixture
def three(world: World, page: InboxPage, qtbot: QtBot) -> list[int]:
    """Three who have written, the newest first; the second is open."""
    ids: list[int] = []
    for seconds, openid in enumerate((WANG, HAN, LI)):
        world.clock.now = START + timedelta(seconds=seconds)  # type: ignore[attr-defined]
        ids.insert(0, world.say(openid, f"hello {seconds}"))
    qtbot.waitUntil(lambda: shown(page) == ids)
    page.open_conversation(ids[1])
    qtbot.waitUntil(lambda: opened_id(page) == ids[1])
    return ids


def shown(page: InboxPage) -> list[int]:
    return [row.conversation.id for row in page.list.model.rows()]


def opened_id(page: InboxPage) -> int | None:
    return page.session.row.conversation.id if page.session.row is not None else None


def stored(world: World, conversation_id: int) -> Conversation:
    return world.call(world.store.conversations.get(conversation_id))


def toast(page: InboxPage) -> Toast:
    found = page.window().findChild(Toast)
    assert isinstance(found, Toast)
    return found


def f5(qtbot: QtBot, page: InboxPage, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    page.window().activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    qtbot.keyClick(page, Qt.Key.Key_F5, modifier)


def opened_menu(qtbot: QtBot, page: InboxPage) -> QMenu:
    f5(qtbot, page, Qt.KeyboardModifier.ShiftModifier)
    return popup_menu(qtbot)


def pick(qtbot: QtBot, menu: QMenu, text: str) -> None:
    wanted = next(action for action in menu.actions() if action.text().startswith(text))
    while menu.activeAction() is not wanted:
        qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)


def show_part(qtbot: QtBot, page: InboxPage, word: str) -> None:
    qtbot.mouseClick(page.list.scope, Qt.MouseButton.LeftButton)
    pick(qtbot, popup_menu(qtbot), word)


def test_the_button_resolves_and_opens_the_next_and_the_toast_undoes_it(
    qtbot: QtBot, world: World, page: InboxPage, three: list[int]
) -> None:
    qtbot.mouseClick(page.chat.header.resolve, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: opened_id(page) == three[2])
    qtbot.waitUntil(lambda: shown(page) == [three[0], three[2]])
    assert stored(world, three[1]).resolved_at == world.clock()
    said = toast(page)
    assert said._label.full_text() == "Resolved: oCus…002"
    assert said.action.text() == "Undo"
    qtbot.mouseClick(said.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: opened_id(page) == three[1])
    qtbot.waitUntil(lambda: shown(page) == three)
    assert stored(world, three[1]).status is ConversationStatus.OPEN
    assert stored(world, three[1]).waiting_since is not None


def test_the_key_resolves_the_last_one_too_and_then_nothing_is_open(
    qtbot: QtBot, world: World, page: InboxPage, three: list[int]
) -> None:
    for left in ([three[0], three[2]], [three[0]], []):
        qtbot.waitUntil(lambda: page.session.row is not None)
        f5(qtbot, page)
        qtbot.waitUntil(partial(lambda left: shown(page) == left, left))
    qtbot.waitUntil(lambda: page.session.conversation_id is None)
    assert page.list.empty.isVisible()
    assert all(stored(world, one).status is ConversationStatus.RESOLVED for one in three)


def test_no_key_works_while_a_word_is_being_composed(
    qtbot: QtBot, world: World, page: InboxPage, three: list[int]
) -> None:
    edit = page.chat.composer.edit
    edit.setFocus()
    QApplication.sendEvent(edit, QInputMethodEvent("ni", []))
    page.chat.resolving.toggle()
    page.chat.resolving.open_menu()
    assert QApplication.activePopupWidget() is None
    QApplication.sendEvent(edit, QInputMethodEvent())
    assert stored(world, three[1]).status is ConversationStatus.OPEN
    qtbot.keyClicks(edit, "resolve")
    assert page.chat.composer.text() == "resolve"
    qtbot.keyClick(edit, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: stored(world, three[1]).status is ConversationStatus.RESOLVED)


def test_a_resolved_conversation_is_found_by_chip_and_search_and_says_so(
    qtbot: QtBot, world: World, page: InboxPage, three: list[int], bridge: Bridge
) -> None:
    f5(qtbot, page)
    qtbot.waitUntil(lambda: shown(page) == [three[0], three[2]])
    show_part(qtbot, page, "Resolved")
    qtbot.waitUntil(lambda: shown(page) == [three[1]])
    assert "Resolved" in page.list.model.index(0).data()
    assert page.list.chips.scope.isVisible()
    page.open_conversation(three[1])
    bar = page.chat.resolving.bar
    qtbot.waitUntil(bar.isVisible)
    assert bar.text.startswith("Resolved by you, ")
    assert page.chat.header.resolve.toolTip() == "Open again (F5)"
    qtbot.mouseClick(bar.back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not bar.isVisible())
    qtbot.mouseClick(page.list.chips.scope, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(page) == three)
    assert not page.list.chips.scope.isVisible()
    f5(qtbot, page)
    qtbot.waitUntil(lambda: shown(page) == [three[0], three[2]])
    page.list.search.setText("hello 1")
    qtbot.waitUntil(lambda: page.list.hits.rowCount() == 1)
    assert ", Resolved, hello 1" in page.list.hits.index(0).data()


def test_a_new_message_reopens_a_resolved_conversation_at_once(
    qtbot: QtBot, world: World, page: InboxPage, three: list[int]
) -> None:
    f5(qtbot, page)
    qtbot.waitUntil(lambda: shown(page) == [three[0], three[2]])
    world.clock.now = START + timedelta(minutes=1)  # type: ignore[attr-defined]
    world.say(HAN, "one more thing")
    qtbot.waitUntil(lambda: shown(page) == [three[1], three[0], three[2]])


def test_a_conversation_with_an_unsettled_reply_is_not_set_aside(
    qtbot: QtBot, world: World, page: InboxPage, three: list[int]
) -> None:
    world.say(HAN, "refund")
    qtbot.waitUntil(lambda: page.session.row is not None and page.session.row.drafts == 1)
    f5(qtbot, page)
    qtbot.waitUntil(toast(page).isVisible)
    assert toast(page)._label.full_text() == (
        "A reply here is left to you. Settle it first: what is set aside is out of sight."
    )
    assert opened_id(page) == three[1]
    assert stored(world, three[1]).status is ConversationStatus.OPEN


def test_the_menu_snoozes_and_the_end_of_the_snooze_calls_until_looked_at(
    qtbot: QtBot, world: World, page: InboxPage, three: list[int]
) -> None:
    began = world.clock()
    pick(qtbot, opened_menu(qtbot, page), "For 1 hour")
    qtbot.waitUntil(lambda: opened_id(page) == three[2])
    assert stored(world, three[1]).snoozed_until == began + HOUR
    qtbot.waitUntil(lambda: shown(page) == [three[0], three[2]])
    show_part(qtbot, page, "Snoozed 1")
    qtbot.waitUntil(lambda: shown(page) == [three[1]])
    assert f"Snoozed until {(began + HOUR).astimezone():%H:%M}" in page.list.model.index(0).data()
    page.list.chips.choose(InboxFilter.ALL)
    qtbot.waitUntil(lambda: shown(page) == [three[0], three[2]])
    world.move_to(began + HOUR)
    world.publish(PreferencesChanged())  # the alarms look at the clock again
    qtbot.waitUntil(lambda: shown(page)[:1] == [three[1]])  # it calls, so it stands above the others
    assert "Back from snooze" in page.list.model.index(0).data()
    page.window().activateWindow()  # without a window manager, nobody does it when a menu has closed
    page.open_conversation(three[1])
    qtbot.waitUntil(lambda: stored(world, three[1]).back_at is None)
    qtbot.waitUntil(lambda: "Back from snooze" not in page.list.model.index(shown(page).index(three[1])).data())


def test_the_menu_reopens_a_snoozed_conversation(qtbot: QtBot, world: World, page: InboxPage, three: list[int]) -> None:
    pick(qtbot, opened_menu(qtbot, page), "For 3 hours")
    qtbot.waitUntil(lambda: opened_id(page) == three[2])
    page.open_conversation(three[1])
    bar = page.chat.resolving.bar
    qtbot.waitUntil(bar.isVisible)
    assert bar.back.text() == "Wake now"
    pick(qtbot, opened_menu(qtbot, page), "Wake now")
    qtbot.waitUntil(lambda: not bar.isVisible())
    assert stored(world, three[1]).status is ConversationStatus.OPEN
    assert opened_id(page) == three[1]


def test_a_waiting_customers_snooze_ends_before_the_reply_window_closes(
    qtbot: QtBot, world: World, page: InboxPage, three: list[int]
) -> None:
    closes = stored(world, three[1]).window.until
    assert closes is not None
    pick(qtbot, opened_menu(qtbot, page), "Until Mon ")
    qtbot.waitUntil(lambda: stored(world, three[1]).snoozed_until == closes - 2 * HOUR)
    qtbot.waitUntil(toast(page).isVisible)
    assert ", before the reply window closes: " in toast(page)._label.full_text()


def test_until_opening_asks_the_calendar(qtbot: QtBot, world: World, page: InboxPage, three: list[int]) -> None:
    menu = opened_menu(qtbot, page)
    line = next(action for action in menu.actions() if action.text() == "Until opening")
    assert not line.isEnabled()
    assert line.toolTip() == plain_tip("There are no business hours yet. They are set on the page of rules.")
    qtbot.keyClick(menu, Qt.Key.Key_Escape)
    span = WeeklySpan(frozenset(Weekday), OpenSpan(time(9), time(18)))
    world.call(world.desk.rules.business_hours.save(BusinessHoursEdit([Calendar("Shop", "Asia/Shanghai", (span,))])))
    pick(qtbot, opened_menu(qtbot, page), "Until opening, ")  # it is 11:00 in Shanghai
    qtbot.waitUntil(lambda: stored(world, three[1]).status is ConversationStatus.SNOOZED)
    assert stored(world, three[1]).snoozed_until == datetime(2026, 11, 25, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_a_rule_is_named_where_it_resolved(qtbot: QtBot, world: World, page: InboxPage, three: list[int]) -> None:
    world.call(world.desk.conversations.set_mode(three[1], ReplyMode.AUTO))
    world.call(world.desk.rules.rulebook.save(NOD))
    world.say(HAN, "ok")
    # The hello before it was never answered, so it stays open; once that is done, the next nod closes it.
    assert stored(world, three[1]).status is ConversationStatus.OPEN
    world.call(world.desk.conversations.change((three[1],), RowChange(RowAct.RESOLVE)))
    world.say(HAN, "ok")
    bar = page.chat.resolving.bar
    qtbot.waitUntil(lambda: bar.text.startswith("Resolved by the rule “Nod”, "))
    assert three[1] in shown(page)  # what is open stays where it is
    page.navigation.step(1)
    qtbot.waitUntil(lambda: three[1] not in shown(page))


@pytest.mark.parametrize("width", [900, 620])
def test_resolving_can_be_reached_in_a_narrow_header(
    qtbot: QtBot, page: InboxPage, three: list[int], width: int
) -> None:
    page.window().resize(width, 600)
    header = page.chat.header
    qtbot.waitUntil(lambda: header.width() < 700)
    assert header.resolve.isVisible()
    assert header.rect().contains(header.resolve.geometry())


# -- without a desk


def test_the_list_shows_each_part_of_what_is_set_aside(qapp: object) -> None:
    model = ConversationListModel(clock, no_hold_reason)
    rows = [
        row(1, last=1),
        row(2, last=2, snoozed_until=NOW + 2 * HOUR),
        row(3, last=3, snoozed_until=NOW + HOUR),
        row(4, last=4, resolved_at=NOW),
        row(5, last=5, resolved_at=NOW, waiting=9, unread=1, taken_over=True),
    ]

    def under(chosen: InboxFilter) -> list[int]:
        model.show(chosen, [])
        model.merge(rows)
        return [row.conversation.id for row in model.rows()]

    assert under(InboxFilter.ALL) == [1]
    assert under(InboxFilter.SNOOZED) == [3, 2]
    assert under(InboxFilter.RESOLVED) == [4, 5]
    assert under(InboxFilter.ANY_STATUS) == [1, 2, 3, 4, 5]
    assert under(InboxFilter.WAITING) == under(InboxFilter.UNREAD) == under(InboxFilter.NEEDS_HUMAN) == []


def test_a_row_says_how_it_is_set_aside_and_nobody_waits_in_red() -> None:
    resolved = row(1, waiting=30, resolved_at=NOW)
    assert (status_of_row(resolved, NOW).text, status_of_row(resolved, NOW).icon) == ("Resolved", "check")
    assert row_time(resolved, NOW).role != "failed"
    back = row(1, waiting=30, back_at=NOW, calls=(Attention(1, AttentionReason.BACK, NOW),))
    assert (status_of_row(back, NOW).text, status_of_row(back, NOW).icon) == ("Back from snooze", "moon")
    assert row_time(back, NOW).role == "failed"


def test_a_time_to_come_is_said_as_one_says_it() -> None:
    now = datetime(2026, 11, 24, 15, 30).astimezone()  # a Tuesday
    assert upcoming_time(now + HOUR, now) == "16:30"
    assert upcoming_time(now + 10 * HOUR, now) == "tomorrow 01:30"
    assert upcoming_time(now + timedelta(days=6), now) == "Mon 15:30"
    assert upcoming_time(now + timedelta(days=7), now) == "Dec 1 15:30", "a day of this name is also today"


def test_no_morning_is_offered_twice() -> None:
    now = datetime(2026, 11, 24, 15, 30).astimezone()
    opening = datetime(2026, 11, 25, 9, 0).astimezone()
    assert [one.text for one in snooze_choices(HoursBoundary(opening), now)] == [
        "For 1 hour",
        "For 3 hours",
        "Until opening, tomorrow 09:00",
        "Until Mon 09:00",
    ]
    sunday = datetime(2026, 11, 29, 15, 30).astimezone()
    assert [one.text for one in snooze_choices(HoursBoundary(problem="no"), sunday)] == [
        "For 1 hour",
        "For 3 hours",
        "Until opening",
        "Until tomorrow 09:00",
    ]


def test_a_conversation_that_is_open_says_nothing_of_it() -> None:
    assert conversation(1).status is ConversationStatus.OPEN
