"""The pause of everything as the window works it: its two menus, its end by itself, and what it keeps back."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.store.chats import add_reply
from tests.ui.menus import popup_menu
from tests.ui.world import World, open_world
from wxdesk.config.reading import AccountEntry
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.inbox.held_replies.control import AfterPauseDialog
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.wording.times import clock_time

LI = "oCustomer0000000000000001"
QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    told = Action(ActionKind.REPLY, text="We open at 9.")
    with open_world(tmp_path, ReplyMode.HOLD, HandClock()) as opened:
        opened.call(opened.desk.rules.rulebook.save(Rule("Hours", when=Condition(any=("opening",)), then=(told,))))
        yield opened


def pick(qtbot: QtBot, button: QWidget, number: int) -> None:
    """Choose a line of the menu that a button opens, by keyboard."""
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    menu = popup_menu(qtbot)
    wanted = [action for action in menu.actions() if not action.isSeparator()][number]
    while menu.activeAction() is not wanted:
        qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)


def test_the_menu_of_the_button_pauses_for_a_time_and_that_of_the_bar_changes_it(
    qtbot: QtBot, world: World, window: MainWindow
) -> None:
    state = world.desk.health.state
    assert not state.paused
    pick(qtbot, window.status_bar.pause_for, 0)
    qtbot.waitUntil(window.pause_bar.isVisible)
    assert world.desk.health.state.paused_until == START + QUARTER
    assert window.pause_bar.change.text() == f"Resumes at {clock_time(START + QUARTER)}"
    pick(qtbot, window.pause_bar.change, 1)
    qtbot.waitUntil(lambda: world.desk.health.state.paused_until == START + HOUR)
    qtbot.waitUntil(lambda: window.pause_bar.change.text() == f"Resumes at {clock_time(START + HOUR)}")
    pick(qtbot, window.pause_bar.change, 2)
    qtbot.waitUntil(lambda: window.pause_bar.change.text() == "Until I resume")
    assert world.desk.health.state.paused_until is None
    world.move_to(START + 24 * HOUR)
    assert world.desk.health.state.paused


def offered(qtbot: QtBot, button: QWidget) -> list[tuple[str, bool]]:
    """The lines of the menu that a button opens, and whether they are marked."""
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    menu = popup_menu(qtbot)
    found = [(action.text(), action.isChecked()) for action in menu.actions() if not action.isSeparator()]
    menu.close()
    return found


def test_the_menu_marks_how_the_pause_ends_now(qtbot: QtBot, world: World, window: MainWindow) -> None:
    bar, foot = window.pause_bar.change, window.status_bar.pause_for
    assert [marked for _, marked in offered(qtbot, foot)] == [False] * 3
    world.call(world.desk.outbox.pause())
    qtbot.waitUntil(window.pause_bar.isVisible)
    assert [words for words, marked in offered(qtbot, bar) if marked] == ["Until I resume"]
    assert offered(qtbot, foot) == offered(qtbot, bar)
    until = START + QUARTER
    world.call(world.desk.outbox.pause(until))
    qtbot.waitUntil(lambda: window.pause_bar.change.text() != "Until I resume")
    in_full = f"For 15 minutes, until {clock_time(until)}"
    assert [words for words, marked in offered(qtbot, bar) if marked] == [in_full]
    world.move_to(START + timedelta(minutes=5))
    lines = offered(qtbot, bar)
    assert lines[0] == (f"Until {clock_time(until)}, as now", True)
    assert [marked for _, marked in lines] == [True, False, False, False]


def test_a_pause_ends_by_itself_and_the_window_asks_about_what_it_kept(
    qtbot: QtBot, world: World, window: MainWindow
) -> None:
    world.say(LI, "opening?")  # held for ten minutes
    pick(qtbot, window.status_bar.pause_for, 0)
    qtbot.waitUntil(window.pause_bar.isVisible)
    qtbot.waitUntil(lambda: window.pause_bar.details.full_text().startswith("1 reply waits"))
    world.move_to(START + QUARTER - timedelta(seconds=1))
    assert world.desk.health.state.paused
    world.move_to(START + QUARTER)
    qtbot.waitUntil(window.pause_bar.isHidden)
    words = "1 reply waits for your OK. Nothing is sent before that."
    qtbot.waitUntil(lambda: words in window.notices.bars.texts().values())
    assert window.findChildren(AfterPauseDialog) == [], "nobody pressed Resume, so nothing pops up"
    assert window.inbox.list.strip.earliest.full_text() == "1 needs your OK"
    assert not world.sandbox.sent


def queued(world: World, conversation: int) -> Reply:
    """A rule's reply that is on its way out by itself."""
    new = NewReply(conversation, Author.RULE, Content(text="Queued."), ReplyState.QUEUED)
    return world.call(add_reply(world.store, new, START))


def spoken(window: MainWindow) -> Callable[[], list[str]]:
    model = window.inbox.session.model

    def lines() -> list[str]:
        return [model.data(model.index(row), Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]

    return lines


def test_a_queued_reply_says_that_it_is_paused_and_is_counted(qtbot: QtBot, world: World, window: MainWindow) -> None:
    conversation = world.say(LI, "hello")
    world.call(world.desk.outbox.pause())
    queued(world, conversation)
    world.call(world.desk.conversations.mark_read(conversation))
    window.open_conversation(conversation)
    lines = spoken(window)
    qtbot.waitUntil(lambda: any("Paused, not sent" in line for line in lines()))
    window.status_bar.ask()
    qtbot.waitUntil(lambda: window.pause_bar.details.full_text().startswith("1 reply waits"))
    listed = window.inbox.list.model
    qtbot.waitUntil(lambda: "Paused, not sent" in str(listed.data(listed.index(0), Qt.ItemDataRole.AccessibleTextRole)))
    assert not world.sandbox.sent
    window.pausing.resume()
    qtbot.waitUntil(lambda: any("Held for your OK" in line for line in lines()))
    qtbot.waitUntil(lambda: bool(window.findChildren(AfterPauseDialog)))
    [panel] = window.findChildren(AfterPauseDialog)
    qtbot.mouseClick(panel.discard, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any("Stopped by you" in line for line in lines()))


def test_resuming_from_the_tray_asks_where_it_is_seen(qtbot: QtBot, world: World, window: MainWindow) -> None:
    world.say(LI, "opening?")
    window.pausing.pause(None)
    qtbot.waitUntil(window.pause_bar.isVisible)
    world.move_to(START + HOUR)
    window.showMinimized()
    qtbot.waitUntil(window.isMinimized)
    window.pausing.toggle()  # as the tray's menu does
    qtbot.waitUntil(lambda: bool(window.findChildren(AfterPauseDialog)))
    assert not window.isMinimized()
    window.inbox.held.decide()
    [panel] = window.findChildren(AfterPauseDialog)
    panel.reject()


def test_with_several_mini_programs_the_question_names_that_of_each_customer(
    qtbot: QtBot, world: World, window: MainWindow
) -> None:
    setup = world.desk.configuration.now
    tea = AccountEntry("tea", "wxabcdefabcdef1234", "gh_ba9876543210")
    config = structs.replace(setup.config, accounts=(*setup.config.accounts, tea))
    world.call(world.desk.configuration.apply(replace(setup, config=config)))
    world.say(LI, "opening?")
    window.pausing.pause(None)
    world.move_to(START + HOUR)
    window.pausing.resume()
    qtbot.waitUntil(lambda: bool(window.findChildren(AfterPauseDialog)))
    [panel] = window.findChildren(AfterPauseDialog)
    assert ", shop, " in panel.model.data(panel.model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    panel.reject()
