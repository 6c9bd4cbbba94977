"""The panel that asks, after a pause or a restart, about the replies that waited."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.store.chats import add_reply
from tests.ui.inbox.held_replies.test_strip import FIRST, SECOND, asking, state, toast
from tests.ui.world import World
from wxdesk.core.events import ReplyChanged
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, NewReply, ReplyState
from wxdesk.ui.inbox.held_replies.control import AfterPauseDialog
from wxdesk.ui.shell.main_window import MainWindow


def test_resuming_asks_about_what_waited_and_later_leaves_it_in_the_strip(
    qtbot: QtBot, world: World, window: MainWindow
) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    waited = [asking(world, customer) for customer in (FIRST, SECOND)]
    qtbot.keyClick(window, Qt.Key.Key_F8)
    qtbot.waitUntil(window.pause_bar.isVisible)
    assert "paused since" in window.pause_bar.title.full_text()
    qtbot.waitUntil(lambda: window.pause_bar.details.full_text().startswith("2 replies wait"))
    for act in ("later", "send"):
        if act == "send":
            window.activateWindow()
            qtbot.waitUntil(window.isActiveWindow)
            qtbot.keyClick(window, Qt.Key.Key_F8)
            qtbot.waitUntil(window.pause_bar.isVisible)
        qtbot.mouseClick(window.status_bar.pause, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bool(window.findChildren(AfterPauseDialog)))
        [panel] = window.findChildren(AfterPauseDialog)
        qtbot.mouseClick(getattr(panel, act), Qt.MouseButton.LeftButton)
        if act == "later":
            assert {state(world, reply) for reply in waited} == {ReplyState.HELD}
            assert window.inbox.list.strip.earliest.full_text() == "2 need your OK"
            qtbot.waitUntil(lambda: not window.findChildren(AfterPauseDialog))
    for reply in waited:
        world.wait_until_sent(reply.id)


def test_resuming_with_nothing_that_waited_just_resumes(qtbot: QtBot, window: MainWindow, world: World) -> None:
    window.pausing.toggle()
    qtbot.waitUntil(window.pause_bar.isVisible)
    window.pausing.toggle()
    qtbot.waitUntil(window.pause_bar.isHidden)
    world.publish(ReplyChanged(0, 0, ReplyState.HELD))
    qtbot.waitUntil(lambda: window.inbox.held.replies.held == ())
    assert window.findChildren(AfterPauseDialog) == []


def test_a_window_opened_on_what_asks_says_so(qtbot: QtBot, world: World, window: MainWindow) -> None:
    asking(world, FIRST)
    window.inbox.held.tell_of_waiting(by_hand=False)
    qtbot.waitUntil(
        lambda: "1 reply waits for your OK. Nothing is sent before that." in window.notices.bars.texts().values()
    )


def test_discarding_all_stops_them_with_one_command(qtbot: QtBot, world: World, window: MainWindow) -> None:
    waited = [asking(world, customer) for customer in (FIRST, SECOND)]
    drafted = NewReply(waited[0].conversation_id, Author.RULE, Content(text="Draft."), ReplyState.DRAFT)
    draft = world.call(add_reply(world.store, drafted, datetime.now(UTC)))
    window.inbox.held.tell_of_waiting(by_hand=False)
    qtbot.waitUntil(lambda: len(window.inbox.held.replies.held) == 2)
    window.inbox.held.decide()
    [panel] = window.findChildren(AfterPauseDialog)
    assert panel.discard.text() == "Discard all 2"
    qtbot.mouseClick(panel.discard, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: {state(world, reply) for reply in waited} == {ReplyState.CANCELLED})
    qtbot.waitUntil(lambda: toast(window).startswith("2 replies were stopped."))
    assert state(world, draft) is ReplyState.DRAFT
    assert not world.sandbox.sent
