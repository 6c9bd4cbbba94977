"""Notices on a real session bus, with a service of the test: what it is told, and what its buttons do."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.setup.findings import Check
from wxdesk.desk.setup import sentences
from wxdesk.doctor.examination import WindowCheck
from wxdesk.ui.notifications import service as notice_service
from wxdesk.ui.notifications.board import NoticeBoard
from wxdesk.ui.notifications.desktop_notices import DesktopNotices
from wxdesk.ui.notifications.notice import FOR_HELD, DesktopNotice, NoticeAction, NoticeTopic, OnNoticeAction
from wxdesk.ui.notifications.service import NoServiceError, notices_have_buttons
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow

if TYPE_CHECKING:
    from tests.ui.notifications.session_bus import SessionBus

SOMEBODY = "oSomebody0000000000000000001"
HELD = DesktopNotice(3, "王芳", "现在 <b>几点</b> & 关门", NoticeTopic.HELD, FOR_HELD, reply_ids=(7,))
CALL = DesktopNotice(4, "李雷", "转人工")


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Iterator[SessionBus]":
    """A session bus without any service, found by whatever looks for one."""
    pytest.importorskip("dbus_fast", reason="D-Bus is Linux's")
    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        pytest.skip("no dbus-daemon on this machine")
    from tests.ui.notifications.session_bus import session_bus

    with session_bus(daemon, tmp_path) as opened:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", opened.address)
        yield opened


class Simpler:
    """What notices go to that the service does not show."""

    def __init__(self) -> None:
        self.notices: list[DesktopNotice] = []
        self.answered: OnNoticeAction

    def show(self, notice: DesktopNotice) -> None:
        self.notices.append(notice)

    def withdraw(self, key: str) -> None:
        self.notices = [notice for notice in self.notices if notice.key != key]

    def stop(self) -> None:
        self.notices.clear()


class Answers:
    """What was answered."""

    def __init__(self) -> None:
        self.given: list[tuple[DesktopNotice, NoticeAction]] = []

    def give(self, notice: DesktopNotice, answer: NoticeAction) -> None:
        self.given.append((notice, answer))


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def simpler() -> Simpler:
    return Simpler()


@pytest.fixture
def notices(
    qapp: object, tmp_path: Path, simpler: Simpler, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DesktopNotices]:
    monkeypatch.setattr(notice_service, "DEADLINE", 60.0)  # a machine that does much else is no absent service
    made = DesktopNotices(lambda: tmp_path / "icon.png", simpler)
    made.answered = answers.give
    yield made
    made.stop()
    made.deleteLater()


def test_a_notice_has_a_button_for_each_answer_and_its_text_is_no_markup(
    qtbot: QtBot, bus: "SessionBus", notices: DesktopNotices
) -> None:
    service = bus.serve("actions")
    notices.show(HELD)
    qtbot.waitUntil(lambda: len(service.told) == 1)
    told = service.told[0]
    assert (told.title, told.body) == ("王芳", "现在 &lt;b&gt;几点&lt;/b&gt; &amp; 关门")
    assert told.actions[0] == "default"
    assert told.actions[3::2] == ["Send now", "Stop", "Take over", "Edit"]


@pytest.mark.parametrize(
    ("label", "answer"),
    [
        ("Send now", NoticeAction.SEND),
        ("Stop", NoticeAction.STOP),
        ("Take over", NoticeAction.TAKE_OVER),
        ("Edit", NoticeAction.EDIT),
        ("", NoticeAction.OPEN),
    ],
)
def test_each_button_gives_its_answer_and_so_does_the_notice_itself(
    qtbot: QtBot, bus: "SessionBus", notices: DesktopNotices, answers: Answers, label: str, answer: NoticeAction
) -> None:
    service = bus.serve("actions")
    notices.show(HELD)
    qtbot.waitUntil(lambda: len(service.told) == 1)
    bus.invoke(service, service.told[0], service.told[0].key_of(label))
    qtbot.waitUntil(lambda: bool(answers.given))
    assert answers.given == [(HELD, answer)]


def test_who_presses_a_notice_lets_the_window_come_to_the_front(
    qtbot: QtBot, bus: "SessionBus", notices: DesktopNotices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "of the start")
    tokens: list[str] = []
    notices.answered = lambda _, __: tokens.append(os.environ["XDG_ACTIVATION_TOKEN"])
    service = bus.serve("actions")
    notices.show(HELD)
    notices.show(CALL)
    qtbot.waitUntil(lambda: len(service.told) == 2)
    bus.invoke(service, service.told[0], "default")
    qtbot.waitUntil(lambda: tokens == ["to come to the front for 王芳"])
    bus.invoke(service, service.told[1], "default")
    qtbot.waitUntil(lambda: tokens[1:] == ["to come to the front for 李雷"])


def test_each_key_has_one_notice_that_is_removed_when_it_is_over(
    qtbot: QtBot, bus: "SessionBus", notices: DesktopNotices
) -> None:
    service = bus.serve("actions")
    notices.show(HELD)
    notices.show(CALL)
    later = DesktopNotice(3, "王芳", "九点", NoticeTopic.HELD, FOR_HELD, reply_ids=(7,))
    notices.show(later)
    qtbot.waitUntil(lambda: len(service.told) == 3)
    assert sorted(told.body for told in service.standing.values()) == ["九点", "转人工"]
    notices.withdraw("held:7")
    qtbot.waitUntil(lambda: [told.body for told in service.standing.values()] == ["转人工"])
    notices.stop()
    assert not service.standing


def test_a_service_without_buttons_is_given_none(qtbot: QtBot, bus: "SessionBus", notices: DesktopNotices) -> None:
    service = bus.serve()
    notices.show(CALL)
    qtbot.waitUntil(lambda: len(service.told) == 1)
    assert service.told[0].actions[::2] == ["default"]


def test_where_no_service_is_on_the_bus_something_simpler_shows_it(
    qtbot: QtBot, bus: "SessionBus", notices: DesktopNotices, simpler: Simpler
) -> None:
    notices.show(CALL)
    qtbot.waitUntil(lambda: simpler.notices == [CALL])
    notices.show(HELD)
    qtbot.waitUntil(lambda: simpler.notices == [CALL, HELD])
    notices.withdraw("held:7")
    assert simpler.notices == [CALL]


def test_where_there_is_no_bus_something_simpler_shows_it(
    qtbot: QtBot, notices: DesktopNotices, simpler: Simpler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    notices.show(CALL)
    qtbot.waitUntil(lambda: simpler.notices == [CALL])


@pytest.mark.expects_log("Notification failed")
def test_a_service_that_has_gone_is_no_error_and_is_found_again(
    qtbot: QtBot,
    bus: "SessionBus",
    notices: DesktopNotices,
    simpler: Simpler,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(notice_service, "REST", 0.0)
    service = bus.serve("actions")
    notices.show(HELD)
    qtbot.waitUntil(lambda: len(service.told) == 1)
    bus.hang_up()
    notices.show(CALL)
    qtbot.waitUntil(lambda: simpler.notices == [CALL])
    service = bus.serve("actions")
    notices.show(CALL)
    qtbot.waitUntil(lambda: len(service.told) == 1)


def test_a_notice_that_is_over_before_it_is_shown_does_not_appear(
    qtbot: QtBot, bus: "SessionBus", notices: DesktopNotices, simpler: Simpler
) -> None:
    service = bus.serve("actions")
    notices.show(HELD)
    notices.withdraw("held:7")
    notices.show(CALL)
    qtbot.waitUntil(lambda: any(told.title == "李雷" for told in service.standing.values()))
    assert [told.title for told in service.standing.values()] == ["李雷"]
    assert simpler.notices == []


@pytest.mark.parametrize(("capabilities", "buttons"), [(("actions",), True), ((), False)])
def test_the_service_is_asked_whether_it_has_buttons(
    bus: "SessionBus", capabilities: tuple[str, ...], buttons: bool
) -> None:
    bus.serve(*capabilities)
    assert asyncio.run(notices_have_buttons()) is buttons


def test_the_bus_is_asked_whether_there_is_a_service(bus: "SessionBus") -> None:
    with pytest.raises(NoServiceError):
        asyncio.run(notices_have_buttons())


@pytest.mark.parametrize(
    ("capabilities", "told"),
    [(("actions",), "shown, with buttons"), ((), "shown"), (None, "This desktop shows no notices.")],
)
def test_the_doctor_tells_whether_notices_and_their_buttons_are_possible(
    bus: "SessionBus", capabilities: tuple[str, ...] | None, told: str
) -> None:
    if capabilities is not None:
        bus.serve(*capabilities)
    window = WindowCheck()
    asyncio.run(window.first())
    [notices] = [finding for finding in window.rest if finding.check is Check.NOTICES]
    assert sentences.text(notices) == told


def test_the_button_on_the_desktop_sends_what_a_real_desk_holds(
    qtbot: QtBot, bus: "SessionBus", notices: DesktopNotices, bridge: Bridge, window: MainWindow, world: World
) -> None:
    service = bus.serve("actions")
    window.hide()
    NoticeBoard(bridge, window, notices, window)
    told = Action(ActionKind.REPLY, text="我们九点开门。")
    world.call(world.desk.rules.rulebook.save(Rule("Hours", when=Condition(any=("几点",)), then=(told,))))
    chat = world.say(SOMEBODY, "hello")
    world.call(world.desk.conversations.set_mode(chat, ReplyMode.HOLD))
    world.say(SOMEBODY, "请问几点开门")
    qtbot.waitUntil(lambda: bool(service.told))
    assert service.told[0].body.endswith("我们九点开门。")
    bus.invoke(service, service.told[0], service.told[0].key_of("Send now"))
    qtbot.waitUntil(lambda: [sent.text for sent in world.sandbox.sent] == ["我们九点开门。"])
