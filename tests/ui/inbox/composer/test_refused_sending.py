"""What WeChat would refuse is not offered in a bubble: it says why not, until the customer writes again."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.inbox.conftest import HOURS, shown_reply
from tests.ui.inbox.records import NOW, reply
from tests.ui.world import World, open_world
from wxdesk.core.events import ConfigurationChanged
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.preferences import LastMoment
from wxdesk.core.replies.on_new_message import WINDOW_CLOSED
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction, notice_of, offers_in
from wxdesk.ui.inbox.timeline.entries import TimelineEntry, WindowEnd, entries_of

CUSTOMER = "oCustomer0000000000000001"
S = ReplyState
A = BubbleAction


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, ReplyMode.DRAFT, HandClock()) as made:
        made.call(made.desk.rules.rulebook.save(HOURS))
        yield made


def actions(entry: TimelineEntry) -> list[BubbleAction]:
    return [offer.action for offer in offers_in(entry)]


def test_a_removed_mini_program_takes_no_replies_and_the_composer_says_so(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None]
) -> None:
    opened(world.say(CUSTOMER, "hello"))
    composer, accounts = page.chat.composer, dict(world.desk.accounts)
    composer.edit.insert("您好")
    assert composer.closed == ""
    assert composer.send.isEnabled()
    world.call(world.desk.accounts.use({}, ()))
    world.publish(ConfigurationChanged(removed=("shop",)))
    why = "Its mini program is no longer set up here"
    qtbot.waitUntil(lambda: not composer.send.isEnabled())
    assert composer.closed == composer.fit.problem == why
    world.desk.accounts.are_known = False  # as after the start over a line that is down
    world.publish(ConfigurationChanged())
    qtbot.waitUntil(composer.send.isEnabled)
    world.desk.accounts.are_known = True
    world.call(world.desk.accounts.use(accounts, accounts))
    world.publish(ConfigurationChanged(added=("shop",)))
    qtbot.waitUntil(composer.send.isEnabled)


def test_a_draft_offers_sending_only_while_its_reply_window_is_open(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None]
) -> None:
    opened(world.say(CUSTOMER, "opening?"))

    def draft() -> TimelineEntry:
        return next(one for one in page.session.model.rows() if one.reply and one.reply.state is S.DRAFT)

    qtbot.waitUntil(lambda: shown_reply(page, S.DRAFT) is not None)
    assert actions(draft()) == [A.SEND, A.EDIT, A.DISCARD]
    world.move_to(START + timedelta(hours=48, seconds=1))
    qtbot.waitUntil(lambda: actions(draft()) == [A.EDIT, A.DISCARD])
    qtbot.waitUntil(lambda: notice_of(draft()) == WINDOW_CLOSED)  # the desk has marked it
    assert page.chat.timeline.focus_on(draft().key)
    qtbot.keyClick(page.chat.timeline, Qt.Key.Key_Return)
    assert world.call(world.store.replies.get(draft().reply.id)).state is S.DRAFT
    assert world.sandbox.sent == ()
    world.say(CUSTOMER, "hello?")
    qtbot.waitUntil(lambda: A.SEND in actions(draft()))


@pytest.mark.parametrize(
    ("state", "fields", "offered"),
    [
        (S.DRAFT, {}, [A.EDIT, A.DISCARD]),
        (S.FAILED, {"errcode": -1}, [A.EDIT, A.DISCARD]),
        (S.HELD, {"due_at": None}, [A.EDIT, A.STOP]),
        (S.HELD, {"due_at": NOW + timedelta(minutes=1)}, [A.SEND, A.EDIT, A.STOP, A.TAKE_OVER]),
    ],
)
def test_only_replies_that_need_the_operator_say_that_wechat_would_refuse_them(
    state: ReplyState, fields: dict[str, Any], offered: list[BubbleAction]
) -> None:
    closing = WindowEnd(NOW, LastMoment.SEND, "None are left")
    [entry] = [one for one in entries_of([reply(1, state, **fields)], NOW, closing=closing) if one.reply]
    assert actions(entry) == offered
    assert ("None are left." in notice_of(entry)) is (A.SEND not in offered)


@pytest.mark.parametrize("fields", [{"state": S.DRAFT, "error": WINDOW_CLOSED}, {"state": S.FAILED, "errcode": 45047}])
def test_the_reason_against_sending_is_not_said_twice(fields: dict[str, Any]) -> None:
    closing = WindowEnd(NOW, LastMoment.SEND, "None are left")
    [entry] = [one for one in entries_of([reply(1, **fields)], NOW, closing=closing) if one.reply]
    assert A.SEND not in actions(entry)
    assert "None are left" not in notice_of(entry)
    assert "customer" in notice_of(entry)
