"""Tray, taskbar and sound follow the calls of a real desk; only the machine's own player is a program of the test."""

import asyncio
import io
import sys
import wave
from collections.abc import Collection, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.notifications.desktop import Desktop, Ear
from tests.ui.world import World
from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.preferences import Preferences
from wxdesk.ui.notifications.alerts import OperatorAlerts
from wxdesk.ui.notifications.desktop_notices import Tray
from wxdesk.ui.notifications.notice import DesktopNotice, NoticeAction
from wxdesk.ui.notifications.player import Player, Ringer, chime
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.notice_lines import NoticeBar
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.wording.messages import name_of

SOMEBODY = "oSomebody0000000000000000001"
ONE, TWO = frozenset({1}), frozenset({1, 2})


def test_a_call_rings_shows_in_the_tray_and_ends_when_somebody_looks(
    qtbot: QtBot, attention: OperatorAlerts, window: MainWindow, ear: Ear, world: World
) -> None:
    tray, says = attention.tray, window.status_bar.listener.accessibleName()
    assert tray.icon.toolTip() == f"wxdesk · {says}"
    chat = world.say(SOMEBODY, "it is broken")
    qtbot.waitUntil(lambda: tray.icon.toolTip().startswith("wxdesk · 1 conversation calls for you · "))
    qtbot.waitUntil(lambda: ear.played() == 1)
    assert window.status_bar.silence.isVisible()
    assert tray.silence.isEnabled()
    world.call(world.desk.attention.look(chat))
    qtbot.waitUntil(lambda: "calls" not in tray.icon.toolTip())
    assert not window.status_bar.silence.isVisible()
    assert not tray.silence.isEnabled()


@pytest.mark.qt_log_ignore("systemTrayWindowChanged", "QDBusTrayIcon encountered")  # there is none yet
def test_on_wayland_the_icon_waits_for_a_tray_that_comes_later(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "wayland")
    tray = Tray(window)
    tray.appear()
    assert tray.icon.isVisible()
    tray.icon.hide()


@pytest.mark.parametrize(("on", "alerts"), [("KDE", 1), ("ubuntu:GNOME", 0)])
def test_a_call_marks_the_window_in_the_taskbar_unless_the_desktop_has_none(
    qtbot: QtBot,
    attention: OperatorAlerts,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    on: str,
    alerts: int,
) -> None:
    marked = list[QWidget]()
    monkeypatch.setattr(QApplication, "alert", marked.append)
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", on)
    world.say(SOMEBODY, "it is broken")
    qtbot.waitUntil(attention.tray.silence.isEnabled)
    assert len(marked) == alerts


def test_a_call_that_somebody_has_seen_meanwhile_is_not_told_any_more(
    qtbot: QtBot, attention: OperatorAlerts, desktop: Desktop, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, rows, given = list[Sequence[InboxRow]](), world.desk.inbox.rows, asyncio.Event()

    async def late(wanted: Collection[int]) -> list[InboxRow]:
        read.append(found := await rows(wanted))
        await given.wait()
        return found

    world.call(world.desk.presence.report(None))
    monkeypatch.setattr(world.desk.inbox, "rows", late)
    chat = world.say(SOMEBODY, "it is broken")
    qtbot.waitUntil(lambda: any(row.calls for found in read for row in found))
    qtbot.waitUntil(lambda: attention.tray.silence.isEnabled())
    world.call(world.desk.attention.look(chat))
    qtbot.waitUntil(lambda: not attention.tray.silence.isEnabled())
    world.loop.call_soon_threadsafe(given.set)
    qtbot.waitUntil(lambda: attention._bridge.is_idle)
    assert not desktop.ever


def test_f9_silences_the_present_calls(
    qtbot: QtBot, attention: OperatorAlerts, window: MainWindow, world: World
) -> None:
    world.say(SOMEBODY, "it is broken")
    qtbot.waitUntil(window.status_bar.silence.isVisible)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: not window.status_bar.silence.isVisible())
    assert world.desk.attention.ringing


def test_a_full_disk_is_beeped_over_and_the_sound_comes_when_there_is_room(qtbot: QtBot, ear: Ear) -> None:
    room = [False]

    def sound() -> Path:
        if not room[0]:
            raise OSError(28, "No space left on device")
        return ear.sound

    player = Player(sound, [(str(ear.program),)], ear.beep)
    player.play()
    assert ear.beeps == 1
    room[0] = True
    player.play()
    qtbot.waitUntil(lambda: ear.played() == 1)
    player.stop()


def test_no_sound_when_the_operator_wants_none(
    qtbot: QtBot, attention: OperatorAlerts, window: MainWindow, ear: Ear, world: World
) -> None:
    kept = world.desk.preferences
    world.call(kept.set(replace(kept.now, sound=False)))
    world.say(SOMEBODY, "it is broken")
    qtbot.waitUntil(lambda: "1 conversation calls" in attention.tray.icon.toolTip())
    assert not window.status_bar.silence.isVisible()
    assert ear.played() == 0
    hour = world.desk.clock().astimezone().hour
    world.call(kept.set(replace(kept.now, sound=True, quiet_from=hour, quiet_until=(hour + 2) % 24)))
    qtbot.waitUntil(lambda: not window.status_bar.silence.isVisible())
    attention._follow()  # as every few seconds
    assert ear.played() == 0
    world.call(kept.set(replace(kept.now, quiet_from=0, quiet_until=0)))
    qtbot.waitUntil(lambda: ear.played() == 1)


def test_the_tray_pauses_resumes_and_leaves(
    qtbot: QtBot, attention: OperatorAlerts, window: MainWindow, world: World
) -> None:
    tray = attention.tray
    assert tray.pause.text() == "Pause automatic replies"
    tray.pause.trigger()
    qtbot.waitUntil(lambda: tray.icon.toolTip().startswith("wxdesk · paused · "))
    assert world.desk.health.state.paused
    assert tray.pause.text() == "Resume automatic replies"
    tray.pause.trigger()
    qtbot.waitUntil(lambda: tray.pause.text() == "Pause automatic replies")
    with qtbot.waitSignal(window.closing):
        tray.quit.trigger()
    window.hide()
    tray.open.trigger()
    assert window.isVisible()


@pytest.mark.parametrize(
    ("shown", "body"),
    [(True, "Called by “Broken”\nCustomer: it is broken"), (False, "Called by “Broken”")],
)
def test_a_notice_says_who_calls_and_the_text_only_if_that_may_be_seen(
    qtbot: QtBot, attention: OperatorAlerts, desktop: Desktop, world: World, shown: bool, body: str
) -> None:
    kept = world.desk.preferences
    world.call(kept.set(replace(kept.now, notifications_show_text=shown)))
    chat = world.say(SOMEBODY, "it is broken")
    qtbot.waitUntil(lambda: bool(desktop.ever))
    name = name_of(world.call(world.store.conversations.get(chat)).contact)
    assert desktop.ever == [DesktopNotice(chat, name, body)]


@pytest.mark.parametrize("mode", [ReplyMode.HOLD, ReplyMode.AUTO])
def test_a_notice_names_the_calling_rule_and_the_message_in_every_mode(
    qtbot: QtBot, attention: OperatorAlerts, desktop: Desktop, world: World, mode: ReplyMode
) -> None:
    then = (Action(ActionKind.REPLY, text="A colleague comes."), Action(ActionKind.NOTIFY))
    world.call(world.desk.rules.rulebook.save(Rule("Human", when=Condition(any=("human",)), then=then)))
    chat = world.say(SOMEBODY, "hello")
    world.call(world.desk.conversations.set_mode(chat, mode))
    world.say(SOMEBODY, "a human, please")
    qtbot.waitUntil(lambda: bool(desktop.ever))
    assert [notice.body for notice in desktop.ever] == ["Called by “Human”\nCustomer: a human, please"]


def test_no_notice_for_the_open_conversation_or_with_notices_switched_off(
    qtbot: QtBot, attention: OperatorAlerts, desktop: Desktop, window: MainWindow, world: World
) -> None:
    chat = world.say(SOMEBODY, "hello")
    window.open_conversation(chat)
    window.activateWindow()
    qtbot.waitUntil(lambda: window.isActiveWindow() and window.open_conversation_id == chat)
    world.say(SOMEBODY, "it is broken")
    other = world.say("oOther0000000000000000000001", "broken too")
    qtbot.waitUntil(lambda: bool(desktop.ever))
    kept = world.desk.preferences
    world.call(kept.set(replace(kept.now, notifications=False)))
    world.say("oThird0000000000000000000001", "broken as well")
    qtbot.waitUntil(lambda: "2 conversations" in attention.tray.icon.toolTip())
    assert [notice.conversation_id for notice in desktop.ever] == [other]


def test_pressing_a_notice_opens_its_conversation(
    qtbot: QtBot, attention: OperatorAlerts, desktop: Desktop, window: MainWindow, world: World
) -> None:
    chat = world.say(SOMEBODY, "it is broken")
    qtbot.waitUntil(lambda: bool(desktop.ever))
    window.show_settings()
    desktop.answered(desktop.ever[0], NoticeAction.OPEN)
    qtbot.waitUntil(lambda: window.open_conversation_id == chat)


def test_taking_over_from_a_notice_opens_the_conversation_as_well(
    qtbot: QtBot, attention: OperatorAlerts, desktop: Desktop, window: MainWindow, world: World
) -> None:
    chat = world.say(SOMEBODY, "it is broken")
    qtbot.waitUntil(lambda: bool(desktop.ever))
    assert desktop.ever[0].answers == (NoticeAction.OPEN, NoticeAction.TAKE_OVER)
    desktop.answered(desktop.ever[0], NoticeAction.TAKE_OVER)
    qtbot.waitUntil(lambda: window.open_conversation_id == chat)
    qtbot.waitUntil(lambda: world.call(world.store.conversations.get(chat)).taken_over)


def test_a_notice_goes_away_when_somebody_has_looked(
    qtbot: QtBot, attention: OperatorAlerts, desktop: Desktop, world: World
) -> None:
    chat = world.say(SOMEBODY, "it is broken")
    other = world.say("oOther0000000000000000000001", "broken too")
    qtbot.waitUntil(lambda: len(desktop.ever) == 2)
    world.call(world.desk.attention.look(chat))
    qtbot.waitUntil(lambda: bool(desktop.withdrawn))
    assert desktop.withdrawn == [f"call:{chat}"]
    world.call(world.desk.replies.write(other, "I look at it"))
    qtbot.waitUntil(lambda: f"call:{other}" in desktop.withdrawn)


@pytest.mark.qt_log_ignore("No such signal QPlatformNativeInterface")
def test_a_window_hides_in_no_tray_that_is_gone(attention: OperatorAlerts, window: MainWindow) -> None:
    attention.tray.icon.setVisible(True)  # it still wants to be there
    assert not window.leaving.has_tray()


@pytest.mark.qt_log_ignore("No such signal QPlatformNativeInterface")
def test_the_tray_shows_a_notice_where_nothing_better_does(
    qtbot: QtBot, attention: OperatorAlerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[NoticeAction] = []
    tray = attention.tray
    notice = DesktopNotice(1, "Somebody", "Called by “Broken”")
    tray.icon.messageClicked.emit()
    for able in ("isSystemTrayAvailable", "supportsMessages"):
        monkeypatch.setattr(type(tray.icon), able, staticmethod(lambda: True))
    tray.answered = lambda _, answer: given.append(answer)
    tray.show(notice)
    tray.icon.messageClicked.emit()
    assert given == [NoticeAction.OPEN]


def test_a_call_rings_again_until_it_is_over_and_a_new_call_anew(qtbot: QtBot, ear: Ear, qapp: object) -> None:
    ringer = Ringer(ear.player(sys.executable, "-c", ""))
    again = ringer._again
    ringer.follow(ONE, Preferences())
    assert (again.isActive(), again.interval()) == (True, 20_000)
    ringer.follow(ONE, Preferences(sound_every_seconds=0))
    assert not again.isActive()
    ringer.follow(ONE, Preferences())
    ringer.silence()
    assert not again.isActive()
    ringer.follow(ONE, Preferences())
    assert not again.isActive()
    ringer.follow(TWO, Preferences())
    assert again.isActive()
    ringer.follow(frozenset(), Preferences())
    assert not again.isActive()
    ringer.follow(ONE, Preferences())
    assert again.isActive(), "whoever was silenced, was answered, and calls anew rings"
    ringer.silence()


def test_where_all_players_fail_the_beep_is_heard_until_one_works(qtbot: QtBot, tmp_path: Path, qapp: object) -> None:
    ear, absent = Ear(tmp_path, code=1), str(tmp_path / "absent")
    player = Player(lambda: ear.sound, [(absent,), (str(ear.program),)], ear.beep)
    with qtbot.waitSignal(player.failed):
        player.play()
    assert (ear.played(), ear.beeps) == (1, 1)
    Ear(tmp_path)  # its sound server has started
    player.play()
    qtbot.waitUntil(lambda: ear.played() == 2 and player._process is None)
    assert ear.beeps == 1


def test_a_sound_that_nobody_may_have_heard_is_told_once(
    qtbot: QtBot, bridge: WindowBridge, window: MainWindow, desktop: Desktop, ear: Ear, world: World
) -> None:
    mute = OperatorAlerts(bridge, window, world.home, Player(lambda: ear.sound, (), ear.beep), desktop)
    for beeps in (1, 2):
        mute.ringer.follow(frozenset(), Preferences())
        mute.ringer.follow(ONE, Preferences())
        assert ear.beeps == beeps
    [bar] = bridge.notices.bars.findChildren(NoticeBar)
    assert "could not be played" in bar.text
    mute.stop()


def test_the_sound_is_a_short_file_that_is_always_the_same() -> None:
    assert chime() == chime()
    with wave.open(io.BytesIO(chime())) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22_050)
        assert 0.5 <= file.getnframes() / file.getframerate() <= 1.0
        frames = file.readframes(file.getnframes())
    loudest = max(abs(int.from_bytes(frames[at : at + 2], "little", signed=True)) for at in range(0, len(frames), 2))
    assert 8_000 < loudest < 32_767
