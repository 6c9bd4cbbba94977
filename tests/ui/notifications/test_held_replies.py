"""Notices about replies that are about to leave, on a real desk that holds them; only the desktop is the test's."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.notifications.desktop import Desktop, board
from tests.ui.world import World, open_world
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.preferences import LastMoment
from wxdesk.core.replies.lifecycle import is_taken_over
from wxdesk.ui.notifications.notice import FOR_HELD, DesktopNotice, NoticeAction, NoticeTopic
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow

SOMEBODY = "oSomebody0000000000000000001"
OTHERS = tuple(f"oOther000000000000000000000{n}" for n in range(1, 5))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A desk that holds what its one rule says for ten minutes."""
    with open_world(tmp_path, ReplyMode.HOLD, HandClock()) as opened:
        told = Action(ActionKind.REPLY, text="我们九点开门。")
        opened.call(opened.desk.rules.rulebook.save(Rule("Hours", when=Condition(any=("几点",)), then=(told,))))
        yield opened


@pytest.fixture
def desktop(bridge: Bridge, window: MainWindow) -> Desktop:
    """The desktop of an operator who does something else: the window is not in front."""
    window.hide()
    assert QApplication.activeWindow() is None
    return board(bridge, window)


def held(world: World, conversation_id: int) -> Reply:
    items = world.call(world.store.inbox.timeline(conversation_id))
    return next(item for item in reversed(items) if isinstance(item, Reply))


def test_a_held_reply_about_to_leave_is_told_with_its_buttons(qtbot: QtBot, desktop: Desktop, world: World) -> None:
    chat = world.say(SOMEBODY, "请问几点开门")
    qtbot.waitUntil(lambda: bool(desktop.standing))
    reply = held(world, chat)
    assert reply.due_at is not None
    when = f"An automatic reply leaves at {reply.due_at.astimezone():%H:%M:%S}"
    assert desktop.ever == [
        DesktopNotice(chat, "oSom…001", f"{when}\n我们九点开门。", NoticeTopic.HELD, FOR_HELD, (reply.id,))
    ]


def test_a_notice_hides_the_text_of_a_reply_by_preference(qtbot: QtBot, desktop: Desktop, world: World) -> None:
    kept = world.desk.preferences
    world.call(kept.set(replace(kept.now, notifications_show_text=False)))
    world.say(SOMEBODY, "请问几点开门")
    qtbot.waitUntil(lambda: bool(desktop.standing))
    assert "九点" not in desktop.ever[0].body


@pytest.mark.parametrize(
    ("answer", "state"), [(NoticeAction.SEND, ReplyState.SENT), (NoticeAction.STOP, ReplyState.CANCELLED)]
)
def test_a_held_reply_is_sent_or_stopped_from_its_notice(
    qtbot: QtBot, desktop: Desktop, window: MainWindow, world: World, answer: NoticeAction, state: ReplyState
) -> None:
    chat = world.say(SOMEBODY, "请问几点开门")
    qtbot.waitUntil(lambda: bool(desktop.standing))
    desktop.answered(desktop.ever[0], answer)
    qtbot.waitUntil(lambda: held(world, chat).state is state)
    qtbot.waitUntil(lambda: desktop.ever[0].key not in desktop.standing)
    qtbot.waitUntil(lambda: not desktop.standing)
    assert not window.isVisible()


def test_edit_in_a_notice_opens_the_reply_for_editing_and_stops_its_clock(
    qtbot: QtBot, desktop: Desktop, window: MainWindow, world: World
) -> None:
    chat = world.say(SOMEBODY, "请问几点开门")
    qtbot.waitUntil(lambda: bool(desktop.standing))
    window.show_settings()
    desktop.answered(desktop.ever[0], NoticeAction.EDIT)
    composer = window.inbox.chat.composer
    qtbot.waitUntil(lambda: composer.editing is not None)
    assert window.isVisible()
    assert window.open_conversation_id == chat
    assert composer.text() == "我们九点开门。"
    assert held(world, chat).state is ReplyState.DRAFT
    qtbot.waitUntil(lambda: desktop.ever[0].key not in desktop.standing)


def test_edit_works_on_the_conversation_that_is_open_already(
    qtbot: QtBot, desktop: Desktop, window: MainWindow, world: World
) -> None:
    chat = world.say(SOMEBODY, "请问几点开门")
    window.open_conversation(chat)
    qtbot.waitUntil(lambda: window.inbox.session.known.reply(f"r{held(world, chat).id}") is not None)
    qtbot.waitUntil(lambda: bool(desktop.standing))
    desktop.answered(desktop.ever[0], NoticeAction.EDIT)
    composer = window.inbox.chat.composer
    qtbot.waitUntil(lambda: composer.editing is not None and composer.text() == "我们九点开门。")


def test_take_over_in_a_notice_cancels_the_reply_and_opens_the_conversation(
    qtbot: QtBot, desktop: Desktop, window: MainWindow, world: World
) -> None:
    chat = world.say(SOMEBODY, "请问几点开门")
    qtbot.waitUntil(lambda: bool(desktop.standing))
    desktop.answered(desktop.ever[0], NoticeAction.TAKE_OVER)
    qtbot.waitUntil(lambda: held(world, chat).state is ReplyState.CANCELLED)
    assert is_taken_over(world.call(world.store.conversations.get(chat)), world.clock())
    qtbot.waitUntil(lambda: window.open_conversation_id == chat)
    qtbot.waitUntil(lambda: desktop.ever[0].key not in desktop.standing)


@pytest.mark.parametrize("answer", [NoticeAction.SEND, NoticeAction.STOP, NoticeAction.EDIT])
def test_an_answer_that_comes_too_late_changes_nothing_and_says_so(
    qtbot: QtBot,
    desktop: Desktop,
    window: MainWindow,
    world: World,
    answer: NoticeAction,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    monkeypatch.setattr(window.notices, "toast", said.append)
    chat = world.say(SOMEBODY, "请问几点开门")
    qtbot.waitUntil(lambda: bool(desktop.standing))
    world.call(world.desk.replies.release(held(world, chat).id))
    world.wait_until_sent(held(world, chat).id)
    qtbot.waitUntil(lambda: desktop.ever[0].key not in desktop.standing)
    desktop.answered(desktop.ever[0], answer)
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["Too late: this reply has left already, or somebody has decided about it."]
    assert held(world, chat).state is ReplyState.SENT


@pytest.mark.parametrize("answer", [NoticeAction.SEND, NoticeAction.STOP])
def test_pressing_a_notice_leaves_a_reply_that_is_being_edited(
    qtbot: QtBot,
    desktop: Desktop,
    window: MainWindow,
    world: World,
    answer: NoticeAction,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    monkeypatch.setattr(window.notices, "toast", said.append)
    chat = world.say(SOMEBODY, "请问几点开门")
    qtbot.waitUntil(lambda: bool(desktop.standing))
    world.call(world.desk.replies.lock_for_edit(held(world, chat).id))
    qtbot.waitUntil(lambda: desktop.ever[0].key not in desktop.standing)
    desktop.answered(desktop.ever[0], answer)
    qtbot.waitUntil(lambda: len(said) == 1)
    assert held(world, chat).state is ReplyState.DRAFT


def test_nothing_is_told_while_the_window_is_in_front(
    qtbot: QtBot, bridge: Bridge, window: MainWindow, world: World
) -> None:
    desktop = board(bridge, window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    world.say(SOMEBODY, "请问几点开门")
    qtbot.waitUntil(lambda: len(window.inbox.held.replies.held) == 1)
    assert desktop.ever == []


def test_nothing_is_told_with_notices_switched_off(
    qtbot: QtBot, desktop: Desktop, window: MainWindow, world: World
) -> None:
    kept = world.desk.preferences
    world.call(kept.set(replace(kept.now, notifications=False)))
    world.say(SOMEBODY, "请问几点开门")
    qtbot.waitUntil(lambda: len(window.inbox.held.replies.held) == 1)
    assert desktop.ever == []


def test_a_reply_that_asks_is_not_told_as_about_to_leave(
    qtbot: QtBot, desktop: Desktop, window: MainWindow, world: World
) -> None:
    world.say(SOMEBODY, "请问几点开门")
    qtbot.waitUntil(lambda: bool(desktop.standing))
    world.call(world.desk.outbox.pause())
    world.move_to(world.clock() + timedelta(minutes=11))
    world.call(world.desk.outbox.resume())
    qtbot.waitUntil(lambda: desktop.ever[0].key not in desktop.standing)
    assert [one.reply.due_at for one in window.inbox.held.replies.held] == [None]


def test_at_most_three_notices_stand_and_the_next_follows(qtbot: QtBot, desktop: Desktop, world: World) -> None:
    chats = [world.say(openid, "请问几点开门") for openid in OTHERS]
    qtbot.waitUntil(lambda: len(desktop.standing) == 3)
    assert {notice.conversation_id for notice in desktop.standing.values()} == set(chats[:3])
    world.call(world.desk.replies.cancel(held(world, chats[0]).id))
    qtbot.waitUntil(lambda: {notice.conversation_id for notice in desktop.standing.values()} == set(chats[1:]))


PARTS = ("We open at 9.", "Closed on Sundays.", "Anything else?")


@pytest.fixture
def of_three_parts(world: World) -> World:
    then = tuple(Action(ActionKind.REPLY, text=text) for text in PARTS)
    world.call(world.desk.rules.rulebook.save(Rule("Three", when=Condition(any=("hours",)), then=then)))
    return world


def parts_of(world: World, conversation_id: int) -> list[Reply]:
    items = world.call(world.store.inbox.timeline(conversation_id))
    return [item for item in items if isinstance(item, Reply)]


def test_an_answer_in_parts_has_one_notice(qtbot: QtBot, desktop: Desktop, of_three_parts: World) -> None:
    world = of_three_parts
    chat = world.say(SOMEBODY, "hours?")
    other = world.say(OTHERS[0], "请问几点开门")
    qtbot.waitUntil(lambda: len(desktop.standing) == 2)
    assert [notice.conversation_id for notice in desktop.ever] == [chat, other]
    [told, _] = desktop.ever
    assert told.body.splitlines()[1] == "3 parts: We open at 9."
    assert told.reply_ids == tuple(part.id for part in parts_of(world, chat))


@pytest.mark.parametrize(
    ("answer", "state", "said"),
    [(NoticeAction.SEND, ReplyState.SENT, list(PARTS)), (NoticeAction.STOP, ReplyState.CANCELLED, [])],
)
def test_a_button_of_a_notice_acts_on_all_parts(
    qtbot: QtBot, desktop: Desktop, of_three_parts: World, answer: NoticeAction, state: ReplyState, said: list[str]
) -> None:
    world = of_three_parts
    chat = world.say(SOMEBODY, "hours?")
    qtbot.waitUntil(lambda: bool(desktop.standing))
    desktop.answered(desktop.ever[0], answer)
    qtbot.waitUntil(lambda: [part.state for part in parts_of(world, chat)] == [state] * 3)
    qtbot.waitUntil(lambda: not desktop.standing)
    assert [one.text for one in world.sandbox.sent] == said
    assert len(desktop.ever) == 1


def test_a_button_of_a_notice_acts_on_the_parts_that_are_left(
    qtbot: QtBot, desktop: Desktop, of_three_parts: World
) -> None:
    world = of_three_parts
    chat = world.say(SOMEBODY, "hours?")
    qtbot.waitUntil(lambda: bool(desktop.standing))
    world.call(world.desk.replies.cancel(parts_of(world, chat)[2].id))
    qtbot.waitUntil(lambda: desktop.ever[-1].body.endswith("\n2 parts: We open at 9."))
    desktop.answered(desktop.ever[0], NoticeAction.SEND)
    qtbot.waitUntil(lambda: [one.text for one in world.sandbox.sent] == list(PARTS[:2]))


def test_a_pause_removes_notices_of_replies_about_to_leave(qtbot: QtBot, desktop: Desktop, world: World) -> None:
    world.say(SOMEBODY, "请问几点开门")
    qtbot.waitUntil(lambda: bool(desktop.standing))
    world.call(world.desk.outbox.pause())
    qtbot.waitUntil(lambda: not desktop.standing)
    world.call(world.desk.outbox.resume())
    qtbot.waitUntil(lambda: bool(desktop.standing))
    assert desktop.ever[0] == desktop.ever[1]


def test_a_notice_waits_while_the_operator_types_and_has_the_new_time(
    qtbot: QtBot, desktop: Desktop, world: World
) -> None:
    chat = world.say(SOMEBODY, "请问几点开门")
    qtbot.waitUntil(lambda: bool(desktop.standing))
    assert isinstance(world.clock, HandClock)
    world.move_to(START + timedelta(minutes=9, seconds=58))
    world.call(world.desk.typing.show(chat))
    qtbot.waitUntil(lambda: not desktop.standing)
    world.wait_until(held(world, chat).id, lambda reply: reply.due_at == START + timedelta(minutes=10, seconds=13))
    world.call(world.desk.typing.stop(chat))
    world.move_to(START + timedelta(minutes=9, seconds=59))
    when = f"An automatic reply leaves at {(START + timedelta(minutes=10, seconds=13)).astimezone():%H:%M:%S}"
    qtbot.waitUntil(lambda: [notice.body.startswith(when) for notice in desktop.standing.values()] == [True])


def test_a_reply_to_be_handed_over_is_not_told_as_about_to_leave(qtbot: QtBot, desktop: Desktop, world: World) -> None:
    told = (Action(ActionKind.REPLY, text="欢迎！"),)
    world.call(world.desk.rules.rulebook.save(Rule("Greeting", on=frozenset({MessageType.ENTER_SESSION}), then=told)))
    kept = world.desk.preferences
    world.call(kept.set(replace(kept.now, last_moment=LastMoment.HAND_OVER)))
    world.enter(SOMEBODY)  # it allows replies for a minute, 10 seconds before whose end the desk decides
    qtbot.waitUntil(lambda: bool(desktop.standing))
    time = f"{(START + timedelta(seconds=50)).astimezone():%H:%M}"
    words = f"Handed to you at {time}, just before the reply window closes."
    assert [notice.body for notice in desktop.ever] == [f"{words}\n欢迎！"]
