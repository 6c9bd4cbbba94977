"""The operator's presence in the window, by a clock that the test moves: idle, declared away, locked, and back."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from PySide6.QtGui import QAction, QInputMethodEvent, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.held_answer import FirstAnswerHeld
from tests.ui.menus import popup_menu
from tests.ui.notifications.desktop import Desktop
from tests.ui.world import World, open_world
from wxdesk.core.conversations.takeover import TakeoverDuration
from wxdesk.core.events import TakeoverChanged
from wxdesk.core.presence import AwayReason, PresenceSignals
from wxdesk.core.replies.lifecycle import is_taken_over
from wxdesk.ui.inbox.notices import MEANWHILE_BAR
from wxdesk.ui.look.appearance import Appearance
from wxdesk.ui.notifications.alerts import OperatorAlerts
from wxdesk.ui.presence.presence import BAR, LeaveReminder, PresenceWatch
from wxdesk.ui.presence.presence import TAKEOVER_BAR as LEFT
from wxdesk.ui.presence.screen_lock import TELLERS, ScreenLock
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.dialogs.notice_lines import Toast
from wxdesk.ui.widgets.dialogs.notices import WindowBridge

LI = "oCustomer0000000000000001"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, clock=HandClock()) as opened:
        yield opened


@pytest.fixture
def active(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """The window with the keyboard, and its operator at the desk."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def reason(world: World) -> AwayReason | None:
    return world.desk.presence.now.reason


def until(qtbot: QtBot, world: World, wanted: AwayReason | None) -> None:
    qtbot.waitUntil(lambda: reason(world) is wanted)


def leave_idle(qtbot: QtBot, world: World) -> None:
    """Ten minutes without a hand; the window's own beat notices."""
    world.move_to(START + 10 * MINUTE)
    until(qtbot, world, AwayReason.IDLE)


def test_an_open_window_has_its_operator_and_a_closed_one_has_none(
    qtbot: QtBot, window: MainWindow, world: World
) -> None:
    assert reason(world) is None
    assert window.status_bar.presence.lamp.isHidden()
    window.presence.watch.end()
    until(qtbot, world, AwayReason.NO_WINDOW)


def test_a_window_that_is_not_on_the_bus_yet_knows_its_operator(
    qtbot: QtBot, world: World, facts: InstallationFacts, appearance: Appearance
) -> None:
    """The program connects it a moment after it was made; what the desk said until then, nobody heard."""
    late = WindowBridge(world.desk, world.loop)
    made = MainWindow(late, facts, appearance)
    qtbot.addWidget(made, before_close_func=lambda window: window.finish())
    made.show()
    until(qtbot, world, None)
    qtbot.waitUntil(made.status_bar.presence.lamp.isHidden)
    late.close()
    late.deleteLater()


def test_without_key_or_mouse_the_operator_is_away_after_the_set_minutes(
    qtbot: QtBot, active: MainWindow, world: World
) -> None:
    world.move_to(START + 10 * MINUTE - timedelta(seconds=1))
    active.presence.watch.check_idle()
    qtbot.waitUntil(lambda: active.presence.watch.seen.idle_since is None)
    world.move_to(START + 10 * MINUTE)
    until(qtbot, world, AwayReason.IDLE)
    assert world.desk.presence.now.since == START
    qtbot.waitUntil(active.status_bar.presence.lamp.isVisible)
    assert active.status_bar.presence.lamp.accessibleName().startswith("Away since ")
    assert "no key or mouse" in active.status_bar.presence.button.toolTip()


def test_quiet_hours_are_shown_while_they_last(qtbot: QtBot, active: MainWindow, world: World) -> None:
    """Who waits in vain for a sound sees why there is none."""
    lamp, hour = active.status_bar.presence.lamp, START.astimezone().hour
    first, last = hour, (hour + 1) % 24
    world.call(world.desk.preferences.set(replace(world.desk.preferences.now, quiet_from=first, quiet_until=last)))
    qtbot.waitUntil(lambda: lamp.accessibleName() == "Do not disturb" and lamp.isVisible())
    assert f"until {last:02}:00" in lamp.toolTip()
    leave_idle(qtbot, world)
    qtbot.waitUntil(lambda: lamp.accessibleName().startswith("Away since "))
    world.move_to(START + timedelta(hours=1))
    active.presence.watch.set_away(False)
    qtbot.waitUntil(lambda: reason(world) is None and lamp.isHidden())


def test_the_minutes_can_be_set(qtbot: QtBot, active: MainWindow, world: World) -> None:
    kept = world.desk.preferences
    world.call(kept.set(replace(kept.now, away_minutes=2)))
    world.move_to(START + 2 * MINUTE)
    until(qtbot, world, AwayReason.IDLE)


@pytest.mark.parametrize("hand", ["key", "shortcut", "press", "move", "compose"])
def test_key_or_mouse_ends_idleness(qtbot: QtBot, active: MainWindow, world: World, hand: str) -> None:
    handle = active.windowHandle()
    qtbot.mouseMove(handle, QPoint(300, 300))
    leave_idle(qtbot, world)
    if hand == "key":
        qtbot.keyClick(handle, Qt.Key.Key_Shift)
    elif hand == "shortcut":
        qtbot.keyClick(handle, Qt.Key.Key_F7)
    elif hand == "press":
        qtbot.mouseClick(handle, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    elif hand == "move":
        qtbot.mouseMove(handle, QPoint(340, 320))
    else:
        edit = active.inbox.list.search
        edit.setFocus()
        QApplication.sendEvent(edit, QInputMethodEvent("ni", []))
    until(qtbot, world, None)
    qtbot.waitUntil(active.status_bar.presence.lamp.isHidden)


def test_a_resting_mouse_is_no_hand(qtbot: QtBot, active: MainWindow, world: World) -> None:
    """Systems report a move to the same place when windows change under the mouse."""

    def reported(at: QPointF) -> None:
        none = Qt.MouseButton.NoButton
        move = QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(active.windowHandle(), move)

    here = QPointF(300, 300)
    reported(here)
    leave_idle(qtbot, world)
    reported(here)
    assert active.presence.watch.seen.idle_since == START
    reported(here + QPointF(1, 0))
    until(qtbot, world, None)


def test_f10_declares_away_until_the_operator_is_back_by_button(qtbot: QtBot, active: MainWindow, world: World) -> None:
    handle = active.windowHandle()
    qtbot.keyClick(active, Qt.Key.Key_F10)
    until(qtbot, world, AwayReason.SAID)
    qtbot.waitUntil(lambda: BAR in active.notices.bars.texts())
    assert active.notices.bars.texts()[BAR].startswith("You have been away since ")
    qtbot.keyClick(handle, Qt.Key.Key_Shift)
    qtbot.mouseMove(handle, QPoint(300, 300))
    qtbot.mouseMove(handle, QPoint(340, 320))
    world.move_to(START + 60 * MINUTE)
    active.presence.watch.check_idle()
    assert active.presence.watch.seen.declared_away
    assert reason(world) is AwayReason.SAID
    shown = [button for button in active.notices.bars.findChildren(Button) if button.isVisible()]
    [back] = [button for button in shown if button.text() == "I am back"]  # an earlier wording goes later
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    until(qtbot, world, None)
    qtbot.waitUntil(lambda: BAR not in active.notices.bars.texts())


def test_the_menu_declares_away_too(qtbot: QtBot, active: MainWindow, world: World) -> None:
    def choose(number: int) -> QAction:
        qtbot.mouseClick(active.status_bar.presence.button, Qt.MouseButton.LeftButton)
        menu = popup_menu(qtbot)
        assert [action.isChecked() for action in menu.actions()] == [number == 1, number == 0]
        while menu.activeAction() is not menu.actions()[number]:
            qtbot.keyClick(menu, Qt.Key.Key_Down)
        action = menu.activeAction()
        qtbot.keyClick(menu, Qt.Key.Key_Return)
        return action

    assert choose(1).text() == "I am away until I say otherwise"
    until(qtbot, world, AwayReason.SAID)
    qtbot.waitUntil(active.status_bar.presence.lamp.isVisible)
    choose(0)
    until(qtbot, world, None)


def test_a_locked_screen_is_nobody_and_an_unlocked_one_somebody(qtbot: QtBot, active: MainWindow, world: World) -> None:
    lock = active.presence.watch.lock
    lock.on_lock_changed(True)
    until(qtbot, world, AwayReason.LOCKED)
    leave = START + 20 * MINUTE
    world.move_to(leave)
    active.presence.watch.check_idle()
    assert reason(world) is AwayReason.LOCKED
    lock.on_lock_changed(False)
    until(qtbot, world, None)


def test_messages_in_the_open_conversation_stay_unread_while_away(
    qtbot: QtBot, active: MainWindow, world: World
) -> None:
    thread = world.say(LI, "hello")
    active.open_conversation(thread)
    qtbot.waitUntil(lambda: world.call(world.store.conversations.get(thread)).unread == 0)
    leave_idle(qtbot, world)
    world.say(LI, "anybody?")
    row = active.inbox.session
    qtbot.waitUntil(lambda: row.row is not None and row.row.conversation.unread == 1)
    qtbot.keyClick(active.windowHandle(), Qt.Key.Key_Shift)
    qtbot.waitUntil(lambda: world.call(world.store.conversations.get(thread)).unread == 0)


def test_a_return_while_away_is_told_on_the_desktop_and_left_in_the_window(
    qtbot: QtBot, active: MainWindow, bridge: WindowBridge, world: World
) -> None:
    desktop = Desktop()
    attention = OperatorAlerts(bridge, active, world.home, notifier=desktop)
    thread = world.say(LI, "where is my parcel")
    world.call(world.desk.conversations.take_over(thread, TakeoverDuration(span=15 * MINUTE)))
    leave_idle(qtbot, world)
    world.move_to(START + 13 * MINUTE)
    qtbot.waitUntil(lambda: any("return at" in notice.body for notice in desktop.ever))
    world.move_to(START + 15 * MINUTE)
    qtbot.waitUntil(lambda: any("have returned" in notice.body for notice in desktop.ever))
    bars = active.notices.bars
    qtbot.waitUntil(lambda: any("still waits for you" in text for text in bars.texts().values()))
    [open_it] = [button for button in bars.findChildren(Button) if button.text() == "Open"]
    qtbot.mouseClick(open_it, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: active.open_conversation_id == thread)
    assert not any("have returned" in text for text in bars.texts().values())
    attention.stop()


def test_a_return_while_somebody_is_there_is_no_matter_for_the_desktop(
    qtbot: QtBot, active: MainWindow, bridge: WindowBridge, world: World
) -> None:
    desktop = Desktop()
    attention = OperatorAlerts(bridge, active, world.home, notifier=desktop)
    thread = world.say(LI, "where is my parcel")
    world.call(world.desk.conversations.take_over(thread, TakeoverDuration(span=5 * MINUTE)))
    world.move_to(START + 5 * MINUTE)
    [toast] = active.findChildren(Toast)
    qtbot.waitUntil(lambda: toast.isVisible() and toast.action.text() == "Open")
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert not any("return" in notice.body for notice in desktop.ever)
    assert not any("return" in text for text in active.notices.bars.texts().values())
    attention.stop()


def test_a_system_that_has_to_be_asked_tells_what_has_changed(qtbot: QtBot, bridge: Bridge) -> None:
    answers = [None, False, True, None, True, False, False]
    expected, heard = [True, False], list[bool]()
    lock = ScreenLock(bridge, ask=iter(answers).__next__)
    lock.changed.connect(heard.append)
    for _ in answers:
        lock.poll()
    assert heard == expected


def test_the_operator_is_away_while_the_polled_system_says_locked(
    qtbot: QtBot, bridge: WindowBridge, world: World
) -> None:
    answer = True
    watch = PresenceWatch(bridge, bridge, lambda: None, ScreenLock(bridge, ask=lambda: answer))
    until(qtbot, world, AwayReason.LOCKED)
    answer = False
    until(qtbot, world, None)
    watch.end()


@pytest.fixture
def bus_address() -> Iterator[str]:
    """A session bus of the test's own."""
    program = shutil.which("dbus-daemon")
    if program is None:
        pytest.skip("no dbus-daemon on this machine")
    daemon = subprocess.Popen(
        [program, "--session", "--nofork", "--print-address=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert daemon.stdout is not None
    yield daemon.stdout.readline().strip()
    daemon.terminate()
    daemon.wait(5)
    daemon.stdout.close()


@pytest.mark.parametrize("teller", TELLERS)
def test_the_session_bus_tells_of_the_lock(qtbot: QtBot, bridge: Bridge, bus_address: str, teller: str) -> None:
    desktop = QDBusConnection.connectToBus(bus_address, "desktop")
    lock = ScreenLock(bridge, QDBusConnection.connectToBus(bus_address, "window"))
    for locked in (True, False):
        said = QDBusMessage.createSignal("/org/freedesktop/ScreenSaver", teller, "ActiveChanged")
        said.setArguments([locked])
        with qtbot.waitSignal(lock.changed) as heard:
            desktop.send(said)
        assert heard.args == [locked]
    for name in ("desktop", "window"):
        QDBusConnection.disconnectFromBus(name)


def test_the_reminder_of_takeovers_goes_also_where_an_earlier_answer_comes_late(
    qtbot: QtBot, bridge: WindowBridge, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = FirstAnswerHeld[object](world.desk.takeovers.endless, world.loop)
    monkeypatch.setattr(world.desk.takeovers, "endless", earlier)
    LeaveReminder(bridge, bridge)
    chat = world.say(LI, "hello")
    world.call(world.desk.conversations.take_over(chat))
    world.call(world.desk.presence.report(PresenceSignals(declared_away=True)))
    qtbot.waitUntil(lambda: bool(earlier.asked))
    earlier.wait_until_read()
    with qtbot.waitSignal(bridge.events, check_params_cb=lambda batch: TakeoverChanged in map(type, batch)):
        world.call(world.desk.conversations.hand_back(chat))
    qtbot.waitUntil(lambda: len(bridge._open) == 1)  # the earlier one alone
    earlier.give()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert LEFT not in bridge.notices.bars.texts()


def test_leaving_lists_ones_takeovers_and_offers_to_hand_them_back(
    qtbot: QtBot, active: MainWindow, world: World
) -> None:
    chat, other = world.say(LI, "hello"), world.say("oCustomer0000000000000002", "hello")
    world.call(world.desk.conversations.take_over(chat))
    world.call(world.desk.conversations.take_over(other))
    assert LEFT not in active.notices.bars.texts()
    qtbot.keyClick(active, Qt.Key.Key_F10)
    words = "2 conversations are left to people while you are away: automatic replies keep quiet there."
    qtbot.waitUntil(lambda: active.notices.bars.texts().get(LEFT) == words)
    kept = world.desk.preferences
    world.call(kept.set(replace(kept.now, hand_back_minutes=30)))
    qtbot.waitUntil(lambda: "They go back by themselves at" in active.notices.bars.texts()[LEFT])

    def offered() -> list[Button]:
        return [one for one in active.notices.bars.findChildren(Button) if one.text() == "Hand them back"]

    qtbot.waitUntil(lambda: len(offered()) == 1)  # the bar with the former words is gone
    qtbot.mouseClick(offered()[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: LEFT not in active.notices.bars.texts())
    for one in (chat, other):
        assert not is_taken_over(world.call(world.store.conversations.get(one)), world.clock())


def test_the_bar_of_kept_takeovers_goes_on_return(qtbot: QtBot, active: MainWindow, world: World) -> None:
    world.call(world.desk.conversations.take_over(world.say(LI, "hello")))
    qtbot.keyClick(active, Qt.Key.Key_F10)
    qtbot.waitUntil(lambda: LEFT in active.notices.bars.texts())
    qtbot.keyClick(active, Qt.Key.Key_F10)
    qtbot.waitUntil(lambda: LEFT not in active.notices.bars.texts())


def test_a_window_that_opens_after_a_night_tells_who_wrote_since_it_was_closed(
    qtbot: QtBot,
    active: MainWindow,
    world: World,
    bridge: WindowBridge,
    facts: InstallationFacts,
    appearance: Appearance,
) -> None:
    world.say(LI, "good evening")
    world.move_to(START + MINUTE)
    active.presence.watch.end()
    active.finish()
    until(qtbot, world, AwayReason.NO_WINDOW)
    world.move_to(START + 2 * MINUTE)
    wang = world.say("oCustomer0000000000000002", "good morning")
    again = MainWindow(bridge, facts, appearance)
    qtbot.addWidget(again, before_close_func=lambda _: again.finish())
    again.show()
    words = "1 customer wrote meanwhile and waits for an answer"
    qtbot.waitUntil(lambda: again.notices.bars.texts().get(MEANWHILE_BAR) == words)
    world.call(world.desk.replies.write(wang, "good morning"))
    qtbot.waitUntil(lambda: MEANWHILE_BAR not in again.notices.bars.texts() and bridge.is_idle)
