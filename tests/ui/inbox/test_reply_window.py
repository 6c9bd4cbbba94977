"""What WeChat still allows: counted live, kept through a restart, and corrected by WeChat's own refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.inbox.conftest import shown_reply
from tests.ui.inbox.records import NOW, reply, row
from tests.ui.world import World, open_world
from wxdesk.core.model import Account, ReplyMode, ReplyState, ReplyWindow
from wxdesk.sandbox.faults import Fault, FaultKind
from wxdesk.ui.inbox.bubble_words import trouble_of
from wxdesk.ui.inbox.chat_header import ChatHeader
from wxdesk.ui.inbox.page import InboxPage

type Open = Callable[[int], None]

CUSTOMER = "oCustomer0000000000000001"
SHOP = Account("shop", "wx0123456789abcdef", "gh_0123456789ab")


@pytest.fixture
def header(qtbot: QtBot) -> ChatHeader:
    made = ChatHeader({"shop": SHOP})
    qtbot.addWidget(made)
    made.resize(900, 56)
    made.show()
    return made


@pytest.mark.parametrize(
    ("left", "mode", "words"),
    [
        (5, None, "5 replies left (2 kept for you)"),
        (4, None, "4 replies left (2 kept for you)"),
        (1, None, "1 reply left (1 kept for you)"),
        (4, ReplyMode.OFF, "4 replies left"),
        (0, None, "0 replies left"),
    ],
)
def test_the_header_tells_what_is_left_and_what_is_kept(
    header: ChatHeader, left: int, mode: ReplyMode | None, words: str
) -> None:
    header.show_row(row(1, window=ReplyWindow(left, NOW + timedelta(hours=1)), mode=mode), NOW)
    assert header.quota.accessibleName() == words


def test_it_runs_out_while_one_looks_at_it(header: ChatHeader) -> None:
    header.show_row(row(1, window=ReplyWindow(2, NOW + timedelta(minutes=6))), NOW)
    assert header.quota.time.full_text() == "6:00"
    assert header.quota.accessibleName() == "2 replies left (2 kept for you)"
    header.tick(NOW + timedelta(minutes=5, seconds=1))
    assert header.quota.time.full_text() == "0:59"
    assert header.quota.accessibleName() == "2 replies left"  # the end is too near to keep anything
    header.tick(NOW + timedelta(minutes=6))
    assert header.quota.left.full_text() == "Reply time over"
    assert not header.quota.time.isVisible()


def test_a_narrow_header_keeps_room_for_the_name(header: ChatHeader, qtbot: QtBot) -> None:
    until = NOW + timedelta(minutes=29)
    header.show_row(row(1, alias="王芳", taken_over=True, taken_over_until=until), NOW)
    header.show_detail.show()
    header.resize(528, 56)  # what the chat has in a window of 900
    qtbot.waitUntil(lambda: header.name.width() >= header.name.sizeHint().width())
    assert header.mode.toolTip() != ""
    header.resize(900, 56)
    qtbot.waitUntil(lambda: header.quota.left.isVisible())


@pytest.mark.parametrize(("errcode", "words"), [(45047, "0 replies left"), (45015, "Reply time over")])
def test_a_correction_says_whose_word_it_is(header: ChatHeader, errcode: int, words: str) -> None:
    over = NOW if errcode == 45015 else NOW + timedelta(hours=1)
    failed = reply(1, ReplyState.FAILED, errcode=errcode)
    header.show_row(row(1, window=ReplyWindow(0, over), failed=failed), NOW)
    assert header.quota.accessibleName() == f"{words} (as WeChat says, {errcode})"
    assert "Wait until the contact writes again." in header.quota.toolTip()


@pytest.mark.parametrize("errcode", [45047, 45015])
def test_wechats_refusal_corrects_the_count_in_words_with_a_remedy(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, errcode: int
) -> None:
    conversation_id = world.say(CUSTOMER, "hello")
    opened(conversation_id)
    world.sandbox.faults.plan(Fault(FaultKind.ERRCODE, errcode=errcode))
    world.call(world.desk.handoff.write(conversation_id, "Good morning."))
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.FAILED) is not None)
    qtbot.waitUntil(lambda: str(errcode) in page.chat.header.quota.accessibleName())
    failed = shown_reply(page, ReplyState.FAILED)
    assert failed is not None
    assert str(errcode) in trouble_of(failed)
    assert "writes again" in trouble_of(failed)
    assert not page.chat.composer.send.isEnabled()
    assert page.chat.composer.hint.full_text() != ""


def test_the_count_survives_a_restart(tmp_path: Path) -> None:
    with open_world(tmp_path, ReplyMode.OFF) as world:
        conversation_id = world.say(CUSTOMER, "hello")
        world.wait_until_sent(world.call(world.desk.handoff.write(conversation_id, "Hi.")).id)
        before = world.call(world.desk.store.conversations.get(conversation_id)).window
        assert before.left == 4
    with open_world(tmp_path, ReplyMode.OFF) as world:
        assert world.call(world.desk.store.conversations.get(conversation_id)).window == before
