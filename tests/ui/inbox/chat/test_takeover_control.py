"""Taking over for a while, by a clock that the test moves: the menu, what is left, and how the return is announced."""

from collections.abc import Callable, Iterator
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.inbox.records import NOW, row
from tests.ui.menus import popup_menu
from tests.ui.world import World, open_world
from wxdesk.core.conversations.takeover import UNTIL_HANDED_BACK, TakeoverDuration
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, Weekday, WeeklySpan
from wxdesk.desk.rules.business_hours_saving import BusinessHoursEdit
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.labels import plain_tip
from wxdesk.ui.wording.conversation import status_of_row
from wxdesk.ui.wording.takeover import takeover_sentence, takeovers_ended_text

LI, HAN = "oCustomer0000000000000001", "oCustomer0000000000000002"
MINUTE = timedelta(minutes=1)

Open = Callable[[int], None]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, clock=HandClock()) as opened:
        yield opened


@pytest.fixture
def thread(world: World, page: InboxPage, opened: Open) -> int:
    """An open conversation."""
    conversation_id = world.say(LI, "hello")
    opened(conversation_id)
    return conversation_id


def stored(world: World, conversation_id: int) -> Conversation:
    return world.call(world.store.conversations.get(conversation_id))


def move_to(world: World, page: InboxPage, at: timedelta) -> None:
    """Let so much time have passed since the start; the page's own beat notices."""
    world.move_to(START + at)
    page.tick()


def opened_menu(qtbot: QtBot, page: InboxPage) -> QMenu:
    """The menu beside the button, by its key."""
    page.window().activateWindow()  # without a window manager, nobody does it when a menu has closed
    qtbot.waitUntil(page.isActiveWindow)
    qtbot.keyClick(page, Qt.Key.Key_F4, Qt.KeyboardModifier.ShiftModifier)
    return popup_menu(qtbot)


def lines(menu: QMenu) -> list[QAction]:
    return [action for action in menu.actions() if not action.isSeparator()]


def pick(qtbot: QtBot, menu: QMenu, number: int) -> None:
    """Go down to a line and press Enter; what cannot be chosen is passed over."""
    wanted = lines(menu)[number]
    while menu.activeAction() is not wanted:
        qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("number", "minutes", "silence"),
    [(0, 15, None), (1, 60, None), (3, None, None), (4, 5, 300), (5, 10, 600), (6, 30, 1800)],
)
def test_the_menu_takes_over_for_as_long_as_it_says(
    qtbot: QtBot, world: World, page: InboxPage, thread: int, number: int, minutes: int | None, silence: int | None
) -> None:
    pick(qtbot, opened_menu(qtbot, page), number)
    qtbot.waitUntil(lambda: page.chat.header.taken_over)
    taken = stored(world, thread)
    until = None if minutes is None else START + minutes * MINUTE
    assert (taken.taken_over, taken.taken_over_until, taken.takeover_silence) == (True, until, silence)
    menu = opened_menu(qtbot, page)  # the present one is marked where the time does not begin anew
    assert [i for i, line in enumerate(lines(menu)) if line.isChecked()] == ([number] if number > 2 else [])
    pick(qtbot, menu, -1)
    qtbot.waitUntil(lambda: not page.chat.header.taken_over)
    assert not stored(world, thread).taken_over


def test_a_second_press_before_the_answer_does_not_hand_back(
    qtbot: QtBot, world: World, page: InboxPage, thread: int, bridge: WindowBridge
) -> None:
    """Over a slow line, an event tells of the takeover before the answer comes."""
    page.chat.takeover.toggle()
    page.chat.header.taken_over = True
    page.chat.takeover.toggle()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert world.call(world.store.conversations.get(thread)).taken_over


def test_a_mode_that_is_chosen_while_people_answer_tells_from_when_it_holds(
    qtbot: QtBot, world: World, page: InboxPage, bridge: WindowBridge, thread: int
) -> None:
    header = page.chat.header
    header.mode_chosen.emit(thread, ReplyMode.DRAFT)  # holds at once
    qtbot.waitUntil(lambda: bridge.is_idle and stored(world, thread).mode is ReplyMode.DRAFT)
    assert bridge.notices._toast.isHidden()
    world.call(world.desk.conversations.take_over(thread, UNTIL_HANDED_BACK))
    qtbot.waitUntil(lambda: header.taken_over)
    header.mode.click()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [line.text() for line in lines(menu)]
    assert "For this conversation, once it is handed back, before all rules:" in texts
    lines(menu)[texts.index("Automatic")].trigger()
    menu.close()
    qtbot.waitUntil(lambda: not bridge.notices._toast.isHidden())
    told = "Automatic, once handed back"
    assert (bridge.notices._toast._label.full_text(), bridge.notices._toast.action.text()) == (told, "Hand back now")
    assert (stored(world, thread).mode, header.mode.text()) == (ReplyMode.AUTO, "By hand")
    bridge.notices._toast.action.click()
    qtbot.waitUntil(lambda: header.mode.text() == "Automatic · here")


def test_until_closing_needs_business_hours(qtbot: QtBot, world: World, page: InboxPage, thread: int) -> None:
    menu = opened_menu(qtbot, page)
    line = lines(menu)[2]
    assert (line.text(), line.isEnabled()) == ("Until closing", False)
    assert line.toolTip() == plain_tip("There are no business hours yet. They are set on the page of rules.")
    qtbot.keyClick(menu, Qt.Key.Key_Escape)
    assert not stored(world, thread).taken_over


def test_until_closing_asks_the_calendar_that_the_preferences_name(
    qtbot: QtBot, world: World, page: InboxPage, thread: int
) -> None:
    def hours(name: str, closes: int) -> Calendar:
        span = OpenSpan(time(9), time(closes))
        return Calendar(name, "Asia/Shanghai", (WeeklySpan(frozenset(Weekday), span),))

    calendars = [hours("Shop", 18), hours("Night", 22), Calendar("Never", "Asia/Shanghai")]
    world.call(world.desk.rules.business_hours.save(BusinessHoursEdit(calendars)))
    pick(qtbot, opened_menu(qtbot, page), 2)  # 11:00 in Shanghai
    qtbot.waitUntil(lambda: page.chat.header.taken_over)
    assert stored(world, thread).taken_over_until == START + timedelta(hours=7)
    preferences, ids = world.desk.preferences, world.desk.rules.rulebook.calendars.stored.ids
    world.call(preferences.set(replace(preferences.now, calendar=ids["Night"])))
    pick(qtbot, opened_menu(qtbot, page), 2)
    qtbot.waitUntil(lambda: stored(world, thread).taken_over_until == START + timedelta(hours=11))
    qtbot.waitUntil(lambda: "11 h" in page.chat.header.mode.text())
    menu = opened_menu(qtbot, page)
    assert lines(menu)[2].isChecked()
    qtbot.keyClick(menu, Qt.Key.Key_Escape)
    world.call(preferences.set(replace(preferences.now, calendar=ids["Never"])))
    menu = opened_menu(qtbot, page)
    line = lines(menu)[2]
    assert (line.isEnabled(), line.toolTip()) == (False, plain_tip("“Never” does not open again."))
    qtbot.keyClick(menu, Qt.Key.Key_Escape)


def test_the_time_left_stands_in_the_header_the_list_and_the_panel(
    qtbot: QtBot, world: World, page: InboxPage, thread: int
) -> None:
    world.call(world.desk.conversations.take_over(thread, TakeoverDuration(span=15 * MINUTE)))
    qtbot.waitUntil(lambda: page.chat.header.taken_over)
    move_to(world, page, 3 * MINUTE)
    assert page.chat.header.mode.text() == "By hand · 12 min left"
    assert "12 min left. Then automatic replies return." in page.detail.speaker.full_text()
    assert page.detail.speaker.isVisible()
    world.call(world.desk.conversations.hand_back(thread))
    qtbot.waitUntil(lambda: not page.chat.header.taken_over)
    qtbot.waitUntil(lambda: not page.detail.speaker.isVisible())


def test_the_end_of_a_takeover_is_announced_and_can_be_postponed(
    qtbot: QtBot, world: World, page: InboxPage, thread: int
) -> None:
    world.call(world.desk.conversations.take_over(thread, TakeoverDuration(span=15 * MINUTE)))
    qtbot.waitUntil(lambda: page.chat.header.taken_over)
    bar = page.chat.takeover.bar
    move_to(world, page, 13 * MINUTE - timedelta(seconds=1))
    assert bar.text == ""
    move_to(world, page, 13 * MINUTE + timedelta(seconds=15))
    assert bar.text == "Automatic replies return in 1:45"
    assert bar.isVisible()
    qtbot.waitUntil(lambda: "Automatic again in 1:45" in page.list.model.index(0).data())  # read beside the chat
    page.chat.takeover.keep.setFocus()
    assert page.chat.takeover.keep.nextInFocusChain() is bar.back, "as they are seen"
    assert page.chat.takeover.keep.text() == "Keep it for 30 min"
    qtbot.keyClick(page.chat.takeover.keep, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not bar.isVisible())
    assert stored(world, thread).taken_over_until == START + 43 * MINUTE + timedelta(seconds=15)


def test_keeping_a_takeover_until_silence_keeps_it_for_another_silence(
    qtbot: QtBot, world: World, page: InboxPage, thread: int
) -> None:
    world.call(world.desk.conversations.take_over(thread, TakeoverDuration(silence=5 * MINUTE)))
    qtbot.waitUntil(lambda: page.chat.header.taken_over)
    move_to(world, page, 4 * MINUTE)
    bar = page.chat.takeover.bar
    assert page.chat.takeover.keep.text() == "Keep it for 5 min"
    qtbot.mouseClick(page.chat.takeover.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not bar.isVisible())
    kept = stored(world, thread)
    assert (kept.taken_over_until, kept.takeover_silence) == (START + 9 * MINUTE, 300)
    move_to(world, page, 8 * MINUTE)
    assert bar.isVisible()
    world.say(LI, "one more thing")
    qtbot.waitUntil(lambda: not bar.isVisible())
    assert stored(world, thread).taken_over_until == START + 13 * MINUTE


def test_a_takeover_can_be_handed_back_before_its_end(qtbot: QtBot, world: World, page: InboxPage, thread: int) -> None:
    world.call(world.desk.conversations.take_over(thread, TakeoverDuration(span=MINUTE)))
    bar = page.chat.takeover.bar
    qtbot.waitUntil(bar.isVisible)
    qtbot.mouseClick(bar.back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.chat.header.taken_over)
    assert not bar.isVisible()


def test_the_chat_says_that_a_takeover_has_ended(qtbot: QtBot, world: World, page: InboxPage, thread: int) -> None:
    world.call(world.desk.conversations.take_over(thread, TakeoverDuration(span=15 * MINUTE)))
    qtbot.waitUntil(lambda: page.chat.header.taken_over)
    move_to(world, page, 15 * MINUTE)
    ended = (START + 15 * MINUTE).astimezone()
    said = f"Automatic replies have returned · {ended:%H:%M}"
    qtbot.waitUntil(lambda: page.session.model.rows()[-1].text == said)
    assert not page.chat.header.taken_over
    world.say(LI, "still there?")
    qtbot.waitUntil(lambda: page.session.model.rows()[-1].text == "still there?")
    assert page.session.model.rows()[-2].text == said


def test_the_list_tells_the_end_of_a_takeover_in_its_last_two_minutes() -> None:
    taken: dict[str, Any] = {"taken_over": True, "taken_over_until": NOW + timedelta(seconds=61)}
    assert status_of_row(row(1, **taken), NOW).text == "Automatic again in 1:01"
    assert status_of_row(row(1, waiting=5, **taken), NOW).text == "Automatic again in 1:01"
    later = taken | {"taken_over_until": NOW + 3 * MINUTE}
    assert status_of_row(row(1, waiting=5, **later), NOW).text == "Needs you"
    assert status_of_row(row(1, **later), NOW).text == "By hand · 3 min left"


def test_several_takeover_ends_are_told_at_once() -> None:
    calm, waits = row(1).conversation, row(2, waiting=9, alias="王芳").conversation
    assert takeovers_ended_text([calm]) == "Automatic replies have returned: Person 1"
    assert takeovers_ended_text([calm, calm]) == "Automatic replies have returned to 2 conversations."
    assert takeovers_ended_text([waits, calm]) == (
        "Automatic replies have returned to 2 conversations. 1 customer still waits for you."
    )


def test_the_panel_tells_who_answers_the_conversation() -> None:
    at = f"{(NOW + 10 * MINUTE).astimezone():%H:%M}"

    def words(**fields: Any) -> str:
        return takeover_sentence(row(1, **fields).conversation, NOW)

    assert words() == ""
    assert words(taken_over=True, taken_over_until=NOW) == ""
    assert words(taken_over=True) == "People answer here until it is handed back. Automatic replies keep quiet."
    assert words(taken_over=True, taken_over_until=NOW + 10 * MINUTE, takeover_silence=600) == (
        f"People answer here until nobody has written for 10 minutes: at {at}, if it stays quiet."
    )
