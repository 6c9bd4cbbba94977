"""Customers who wrote meanwhile are told, led to one by one, or left to the rules."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from msgspec import structs
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.inbox.conftest import HOURS, shown_reply
from tests.ui.world import World, open_world
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import Draft, ReplyState
from wxdesk.core.model.rule import Rule
from wxdesk.ui.inbox.notices import MEANWHILE_BAR
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction
from wxdesk.ui.look.appearance import Appearance
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.buttons import SmallButton
from wxdesk.ui.widgets.dialogs.notice_lines import NoticeBar, Toast
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.labels import PlainLabel

LI, WANG, ZHAO = "oLI00000000000000000001", "oWANG00000000000000000001", "oZHAO00000000000000000001"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, ReplyMode.DRAFT) as opened:
        opened.call(opened.desk.rules.rulebook.save(HOURS))
        yield opened


def offered(qtbot: QtBot, window: MainWindow) -> QMenu:
    """Open the menu of the bar."""
    qtbot.waitUntil(lambda: MEANWHILE_BAR in window.notices.bars.texts())
    [offer] = [button for button in window.notices.bars.findChildren(QPushButton) if button.text() == "What to do…"]
    offer.click()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.geometry().bottom() < offer.mapToGlobal(QPoint(0, 0)).y(), "it covers no button, wherever the mouse is"
    return menu


def choose(qtbot: QtBot, window: MainWindow, words: str) -> None:
    """Choose what to do from the menu of the bar."""
    menu = offered(qtbot, window)
    next(action for action in menu.actions() if action.text() == words).trigger()
    menu.close()


def wait_until_open(qtbot: QtBot, window: MainWindow, bridge: Bridge, conversation_id: int) -> None:
    """Wait until the walk is there."""
    qtbot.waitUntil(lambda: window.open_conversation_id == conversation_id and bridge.is_idle)


@pytest.fixture
def after_pause(qtbot: QtBot, world: World, window: MainWindow) -> list[int]:
    """Two have written while all was paused, which has just ended."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: window.pausing.paused)
    written = [world.say(LI, "opening?"), world.say(WANG, "hello")]
    qtbot.keyClick(window, Qt.Key.Key_F8)
    return written


def test_letting_the_rules_answer_makes_drafts(
    qtbot: QtBot, world: World, window: MainWindow, after_pause: list[int], bridge: Bridge
) -> None:
    words = "2 customers wrote meanwhile and wait for an answer; the rules have skipped them"
    qtbot.waitUntil(lambda: words in window.notices.bars.texts().values())
    choose(qtbot, window, "Let the rules write drafts")
    qtbot.waitUntil(lambda: len(world.call(world.store.replies.pending())) == 1)
    [draft] = world.call(world.store.replies.pending())
    assert (draft.conversation_id, draft.state) == (after_pause[0], ReplyState.DRAFT)
    qtbot.waitUntil(lambda: MEANWHILE_BAR not in window.notices.bars.texts())
    assert world.sandbox.sent == ()


def test_who_wrote_to_a_paused_mini_program_is_told_once_it_answers_again(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge
) -> None:
    setup = world.desk.configuration.now

    def pause(on: bool) -> None:
        [shop] = setup.config.accounts
        config = structs.replace(setup.config, accounts=(structs.replace(shop, paused=on),))
        world.call(world.desk.configuration.apply(dataclasses.replace(setup, config=config)))

    pause(True)
    world.say(LI, "opening?")
    qtbot.waitUntil(lambda: len(window.inbox.list.model.rows()) == 1 and bridge.is_idle)
    assert MEANWHILE_BAR not in window.notices.bars.texts()
    pause(False)
    words = "1 customer wrote meanwhile and waits for an answer; the rules have skipped them"
    qtbot.waitUntil(lambda: words in window.notices.bars.texts().values())


def test_waiting_customers_are_opened_one_by_one_from_the_longest_wait(
    qtbot: QtBot, world: World, window: MainWindow, after_pause: list[int], bridge: Bridge
) -> None:
    choose(qtbot, window, "Take them one by one")
    edit = window.inbox.chat.composer.edit
    for number, conversation_id in enumerate(after_pause, 1):
        wait_until_open(qtbot, window, bridge, conversation_id)
        QTest.keyClicks(edit, f"answer {number}")
        QTest.keyClick(edit, Qt.Key.Key_Return)
        qtbot.waitUntil(partial(lambda count: len(world.sandbox.sent) == count, number))
    qtbot.waitUntil(lambda: bridge.is_idle and MEANWHILE_BAR not in window.notices.bars.texts())
    assert [one.text for one in world.sandbox.sent] == ["answer 1", "answer 2"]
    assert window.open_conversation_id == after_pause[1]


def test_the_walk_goes_on_from_a_draft_that_was_sent_as_it_was_or_changed(
    qtbot: QtBot, world: World, window: MainWindow, after_pause: list[int], bridge: Bridge
) -> None:
    world.call(world.desk.rules.rulebook.save(Rule("Any", default=True, then=HOURS.then)))
    choose(qtbot, window, "Let the rules write drafts")
    qtbot.waitUntil(lambda: len(world.call(world.store.replies.pending())) == 2 and bridge.is_idle)
    chat = window.inbox.chat
    window.inbox.navigation.walk()
    for conversation_id, action in zip(after_pause, (BubbleAction.SEND, BubbleAction.EDIT), strict=True):
        wait_until_open(qtbot, window, bridge, conversation_id)
        draft = shown_reply(window.inbox, ReplyState.DRAFT)
        assert draft is not None
        chat.act(action, f"r{draft.id}")
    qtbot.waitUntil(lambda: chat.composer.editing is not None)
    QTest.keyClicks(chat.composer.edit, " Come in!")
    QTest.keyClick(chat.composer.edit, Qt.Key.Key_Return)
    [toast] = window.findChildren(Toast)
    qtbot.waitUntil(lambda: "Nobody else waits." in [one.full_text() for one in toast.findChildren(PlainLabel)])
    sent = ["We open at 9.", "We open at 9. Come in!"]  # which may take longer than to go on
    qtbot.waitUntil(lambda: [one.text for one in world.sandbox.sent] == sent)


def test_the_end_of_the_walk_does_not_deny_a_customer_whose_reply_is_planned(
    qtbot: QtBot, world: World, window: MainWindow, after_pause: list[int], bridge: Bridge
) -> None:
    choose(qtbot, window, "Take them one by one")
    sending = window.inbox.chat.writing.sending
    for conversation_id, at in zip(after_pause, (world.clock() + timedelta(hours=1), None), strict=True):
        wait_until_open(qtbot, window, bridge, conversation_id)
        sending.send(Draft.of_text("Yes."), at=at)
    [toast] = window.findChildren(Toast)
    words = "Whoever else waits has your reply coming."
    qtbot.waitUntil(lambda: words in [one.full_text() for one in toast.findChildren(PlainLabel)])
    assert world.call(world.desk.attention.longest_waiting()).id == after_pause[0], "as the foot says"


def test_an_absence_after_a_pause_counts_who_wrote_in_both(
    qtbot: QtBot, world: World, window: MainWindow, after_pause: list[int], bridge: Bridge
) -> None:
    qtbot.waitUntil(lambda: "2 customers" in window.notices.bars.texts().get(MEANWHILE_BAR, ""))
    window.presence.toggle()
    qtbot.waitUntil(lambda: world.desk.presence.now.away and bridge.is_idle)
    world.say(ZHAO, "hello")
    window.presence.toggle()
    words = "3 customers wrote meanwhile and wait for an answer; the rules have skipped 2"
    qtbot.waitUntil(lambda: window.notices.bars.texts().get(MEANWHILE_BAR) == words)


def test_a_returning_operator_is_told_who_wrote_since(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge
) -> None:
    qtbot.waitUntil(lambda: not world.desk.presence.now.away)
    world.say(LI, "hello")
    window.presence.toggle()
    qtbot.waitUntil(lambda: world.desk.presence.now.away and bridge.is_idle)
    world.say(WANG, "hi")
    window.presence.toggle()
    qtbot.waitUntil(lambda: "1 customer wrote meanwhile" in window.notices.bars.texts().get(MEANWHILE_BAR, ""))
    offer = window.notices.bars.button(MEANWHILE_BAR)
    assert offer.text() == "One by one", "rules skipped nobody, so that there is no choice"
    window.resize(900, 600)
    qtbot.waitUntil(lambda: window.width() == 900 and bridge.is_idle)
    [bar] = [bar for bar in window.notices.bars.findChildren(NoticeBar) if bar.isVisible()]
    assert not bar.more.isVisible(), "it is read whole"
    offer.click()
    qtbot.waitUntil(lambda: window.open_conversation_id is not None)
    window.pausing.toggle()
    qtbot.waitUntil(lambda: window.pausing.paused)
    world.say(ZHAO, "opening?")
    for shown in (True, False):
        qtbot.waitUntil(lambda: "2 customers" in window.notices.bars.texts()[MEANWHILE_BAR])
        if shown:
            window.pausing.toggle()
    qtbot.waitUntil(lambda: not window.pausing.paused and bridge.is_idle)
    words = "2 customers wrote meanwhile and wait for an answer; the rules have skipped 1"
    assert window.notices.bars.texts()[MEANWHILE_BAR] == words, "nobody is forgotten by the end of a pause"


def test_a_customer_who_writes_after_the_return_is_not_counted(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge
) -> None:
    qtbot.waitUntil(lambda: not world.desk.presence.now.away)
    window.presence.toggle()
    qtbot.waitUntil(lambda: world.desk.presence.now.away and bridge.is_idle)
    world.say(LI, "hello")
    window.presence.toggle()
    qtbot.waitUntil(lambda: MEANWHILE_BAR in window.notices.bars.texts() and bridge.is_idle)
    world.say(ZHAO, "good morning")
    qtbot.waitUntil(lambda: window.inbox.list.model.rowCount() == 2 and bridge.is_idle)
    assert window.notices.bars.texts()[MEANWHILE_BAR] == "1 customer wrote meanwhile and waits for an answer"


def test_rules_that_are_paused_again_are_offered_grey_with_the_reason(
    qtbot: QtBot, world: World, window: MainWindow, after_pause: list[int]
) -> None:
    qtbot.waitUntil(lambda: "the rules have skipped them" in window.notices.bars.texts().get(MEANWHILE_BAR, ""))
    window.pausing.toggle()
    qtbot.waitUntil(lambda: world.desk.health.state.paused)
    menu = offered(qtbot, window)
    grey = [(one.text(), one.toolTip()) for one in menu.actions() if not one.isEnabled()]
    assert grey == [
        (words, "Automatic replies are paused") for words in ("Let the rules write drafts", "Let the rules answer")
    ]
    menu.close()


def test_a_closed_notice_comes_back_only_when_the_rules_skip_another(
    qtbot: QtBot,
    world: World,
    window: MainWindow,
    after_pause: list[int],
    bridge: WindowBridge,
    facts: InstallationFacts,
    appearance: Appearance,
) -> None:
    def bar(shown: MainWindow) -> str:
        return shown.notices.bars.texts().get(MEANWHILE_BAR, "")

    def after_restart() -> MainWindow:
        again = MainWindow(bridge, facts, appearance)
        qtbot.addWidget(again, before_close_func=lambda _: again.finish())
        qtbot.waitUntil(lambda: bridge.is_idle)
        return again

    qtbot.waitUntil(lambda: "2 customers" in bar(window))
    [close] = [one for one in window.notices.bars.findChildren(SmallButton) if one.isVisible()]
    close.click()
    window.finish()
    again = after_restart()
    assert bar(again) == ""
    again.inbox.held.tell_of_waiting(by_hand=True, since=world.clock())
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert bar(again) == ""
    world.call(world.desk.outbox.pause())
    world.say(ZHAO, "hello")
    world.call(world.desk.outbox.resume())
    again.finish()
    third = after_restart()
    qtbot.waitUntil(lambda: "3 customers" in bar(third))
