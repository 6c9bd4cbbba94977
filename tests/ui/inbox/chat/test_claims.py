"""The window of one operator while a colleague works at another desk, beside one server."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from tests.postgresql import Postgres
from tests.ui.notifications.desktop import Desktop, board
from tests.ui.world import World, beside, open_world
from wxdesk.config.reading import Config
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.model.conversation import ConversationStatus
from wxdesk.core.model.operator import Role
from wxdesk.core.presence import PresenceSignals
from wxdesk.desk.operators import hashed
from wxdesk.desk.settings.configuration import Setup
from wxdesk.runner import DeskThread
from wxdesk.team_desk import TeamDesk
from wxdesk.ui.notifications.notice import NoticeAction
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.dialog import AgreementDialog, ConfirmDialog

pytestmark = pytest.mark.postgres

FIRST, SECOND = "oCustomer0000000000000001", "oCustomer0000000000000002"
STAFF = {"小王": Role.OPERATOR, "小李": Role.OPERATOR, "老板": Role.OWNER}
PASSWORD = "one for all of them"


@dataclass
class Colleague:
    """小李, at a desk elsewhere."""

    thread: DeskThread[TeamDesk]

    @property
    def desk(self) -> Any:
        return self.thread.desk

    def call(self, work: Any) -> Any:
        return self.thread.call(work)


@pytest.fixture
def world(tmp_path: Path, postgres: Postgres) -> Iterator[World]:
    """A desk at which 小王 is signed in, and two customers."""
    with open_world(tmp_path, shared=postgres.emptied()) as made:
        store = made.store.operators
        for name, role in STAFF.items():
            made.call(store.add(name, role, made.call(_hash()), made.clock()))
        assert made.desk.operators is not None
        made.call(made.desk.operators.look())
        made.call(made.desk.operators.sign_in("小王", PASSWORD))
        yield made


async def _hash() -> str:
    return await hashed(PASSWORD)


@pytest.fixture
def li(world: World, tmp_path: Path) -> Iterator[Colleague]:
    thread = DeskThread(beside(Setup(tmp_path / "li", Config(store=world.desk.configuration.now.config.store))))
    assert thread.desk.operators is not None
    thread.call(thread.desk.operators.sign_in("小李", PASSWORD))
    thread.call(thread.desk.presence.report(PresenceSignals()))
    yield Colleague(thread)
    assert thread.stop()


@pytest.fixture
def desktop(bridge: Bridge, window: MainWindow) -> Desktop:
    return board(bridge, window)


def chosen(window: MainWindow, words: str) -> None:
    """Choose a line of the face's menu."""
    window.inbox.chat.claim.open_menu()
    menus = [menu for menu in window.findChildren(QMenu) if menu.isVisible()]
    actions: list[QAction] = [one for menu in menus for one in menu.actions() if one.text() == words]
    assert actions, [one.text() for menu in menus for one in menu.actions()]
    actions[0].trigger()
    for menu in menus:
        menu.close()


def sees(li: Colleague, thread: int) -> bool:
    """Tell if the window's operator looks at that conversation, for the colleague."""
    return [one.conversation_id for one in li.desk.colleagues.now] == [thread]


def takes_looks_and_types(qtbot: QtBot, li: Colleague, window: MainWindow, thread: int) -> None:
    header, reasons = window.inbox.chat.header, window.inbox.session.hold_reasons
    qtbot.waitUntil(lambda: header.colleagues.full_text() == "Nobody has it")
    li.call(li.desk.conversations.take_over(thread))
    qtbot.waitUntil(lambda: header.face.accessibleName() == "小李 has it")
    li.call(li.desk.colleagues.look_at(thread))
    qtbot.waitUntil(lambda: header.colleagues.full_text() == "小李 is looking")
    li.call(li.desk.colleagues.type_in(thread))
    qtbot.waitUntil(lambda: reasons.activity(thread) == "小李 is typing")
    for page, seen in ((0, thread), (1, 0), (0, thread)):
        window.show_page(page)
        qtbot.waitUntil(partial(sees, li, seen))


def writes_when_asked(qtbot: QtBot, bridge: Bridge, window: MainWindow, *, agreed: bool) -> None:
    edit = window.inbox.chat.composer.edit
    edit.setFocus()
    edit.setPlainText("from 小王")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(window.findChildren(ConfirmDialog)))
    [question] = window.findChildren(ConfirmDialog)
    assert question.windowTitle() == "Write into 小李's conversation?"
    said = [label.text() for label in question.findChildren(QLabel)]
    assert any(words.endswith("Your reply has not been sent.") for words in said), "the colleague may have sent one"
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape):  # of somebody who types on
        QTest.keyClick(question.windowHandle(), key)
    assert window.findChildren(ConfirmDialog) == [question]
    qtbot.waitUntil(lambda: question.action.isEnabled())
    (question.action if agreed else question.cancel).click()
    qtbot.waitUntil(lambda: not window.findChildren(ConfirmDialog) and bridge.is_idle)
    assert edit.toPlainText() == ("" if agreed else "from 小王")


def takes_it_and_hands_it_on(qtbot: QtBot, window: MainWindow, nobodys: int) -> None:
    face, chips, rows = window.inbox.chat.header.face, window.inbox.list.chips, window.inbox.list.model.rows
    qtbot.waitUntil(lambda: face.accessibleName() == "Nobody has it")
    chosen(window, "I take it")
    qtbot.waitUntil(lambda: face.accessibleName() == "You have it")
    qtbot.waitUntil(lambda: chips.by_filter[InboxFilter.MINE].text() == "Mine 1")
    assert chips.by_filter[InboxFilter.NOBODYS].text() == "Nobody's 1"
    chips.by_filter[InboxFilter.NOBODYS].click()
    qtbot.waitUntil(lambda: [row.conversation.id for row in rows()] == [nobodys])
    chosen(window, "Hand to 小李…")
    [dialog] = window.findChildren(AgreementDialog)
    dialog.findChild(QLineEdit).setText("wants a refund")
    dialog.action.click()
    qtbot.waitUntil(lambda: face.accessibleName() == "小李 has it")
    note = window.inbox.detail.contact.note
    qtbot.waitUntil(lambda: note.toPlainText() == "小王 → @小李: wants a refund")


def keeps_a_word_that_could_not_be_handed_on(qtbot: QtBot, window: MainWindow) -> None:
    """As while the line is down; it was gone with its question."""
    qtbot.waitUntil(lambda: not window.findChildren(AgreementDialog))
    window.inbox.chat.claim._hand_to(10**6, "小李")  # no such customer
    [dialog] = window.findChildren(AgreementDialog)
    dialog.findChild(QLineEdit).setText("wants a refund")
    dialog.action.click()
    qtbot.waitUntil(dialog.error.isVisible)
    assert dialog.findChild(QLineEdit).text() == "wants a refund"
    dialog.cancel.click()


def is_handed_one(qtbot: QtBot, li: Colleague, window: MainWindow, desktop: Desktop, thread: int) -> None:
    li.call(li.desk.claims.hand_to(thread, "小王", "yours, please"))
    key, bars = f"colleague:{thread}", window.notices.bars
    qtbot.waitUntil(lambda: "yours, please" in bars.texts().get(key, ""))
    desktop.answered(desktop.standing[key], NoticeAction.OPEN)
    session = window.inbox.session
    qtbot.waitUntil(lambda: session.conversation_id == thread and not session.visit.fresh)
    assert key not in desktop.standing
    assert key not in bars.texts()


def sends_and_resolves_after_one_question(
    qtbot: QtBot, world: World, bridge: Bridge, window: MainWindow, thread: int
) -> None:
    world.call(world.desk.claims.hand_to(thread, "小李"))
    qtbot.waitUntil(lambda: window.inbox.chat.header.face.accessibleName() == "小李 has it")
    window.inbox.chat.composer.edit.setPlainText("done")
    window.inbox.chat.writing.sending.send_and_resolve()
    qtbot.waitUntil(lambda: bool(window.findChildren(ConfirmDialog)))
    [question] = window.findChildren(ConfirmDialog)
    qtbot.waitUntil(lambda: question.action.isEnabled())
    question.action.click()
    qtbot.waitUntil(lambda: window.inbox.session.conversation_id != thread and bridge.is_idle)
    assert world.call(world.store.conversations.get(thread)).status is ConversationStatus.RESOLVED
    assert not [one for one in window.findChildren(ConfirmDialog) if one.isVisible()]


def completes_a_name(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    note = window.inbox.detail.contact.note
    note.setFocus()
    QTest.keyClicks(note, "ask @")
    qtbot.waitUntil(lambda: note.completion.is_open)
    QTest.keyClick(note.completion.popup, Qt.Key.Key_Return)
    assert note.toPlainText().startswith("ask @小李 ")


def test_a_colleague_is_seen_asked_about_and_handed_to(
    qtbot: QtBot, world: World, li: Colleague, bridge: Bridge, window: MainWindow, desktop: Desktop
) -> None:
    window.resize(1280, 800)
    first, second = world.say(FIRST, "hello"), world.say(SECOND, "hi")
    window.open_conversation(first)
    takes_looks_and_types(qtbot, li, window, first)
    writes_when_asked(qtbot, bridge, window, agreed=False)
    writes_when_asked(qtbot, bridge, window, agreed=True)
    qtbot.waitUntil(lambda: [one.text for one in world.sandbox.sent] == ["from 小王"])
    li.call(li.desk.claims.give_back(first))
    takes_it_and_hands_it_on(qtbot, window, second)
    keeps_a_word_that_could_not_be_handed_on(qtbot, window)
    is_handed_one(qtbot, li, window, desktop, second)
    completes_a_name(qtbot, window)
    sends_and_resolves_after_one_question(qtbot, world, bridge, window, second)
