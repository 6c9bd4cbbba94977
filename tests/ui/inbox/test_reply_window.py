"""What WeChat still allows: counted live, kept through a restart, and corrected by WeChat's own refusals."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from tests.ui.inbox.conftest import shown_reply
from tests.ui.inbox.records import NOW, row
from tests.ui.world import World, open_world
from wxdesk import i18n
from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.conversation import ReplyWindow
from wxdesk.core.model.reply import ReplyState
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.ui.inbox.chat.header import ChatHeader
from wxdesk.ui.inbox.details.quota import QuotaBlock, QuotaDisplay, quota_sentence
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.sendability import closed_text
from wxdesk.ui.inbox.timeline.bubble_text import notice_of, trouble_of
from wxdesk.ui.look.theme import Measure
from wxdesk.ui.wording.conversation import quota_text, quota_wordings

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
    ("left", "mode", "words", "beside"),
    [
        (5, None, "5 replies left (2 kept for you)", "Rules may use 3 of them, 2 are kept for you."),
        (4, None, "4 replies left (2 kept for you)", "Rules may use 2 of them, 2 are kept for you."),
        (1, None, "1 reply left (1 kept for you)", "They are kept for you; rules do not use them."),
        (4, ReplyMode.OFF, "4 replies left", "4 replies can leave within 1 h."),
        (0, None, "0 replies left", "All replies are used up. There are new ones when the customer writes."),
    ],
)
def test_header_and_details_tell_what_is_left_and_what_is_kept(
    header: ChatHeader, left: int, mode: ReplyMode | None, words: str, beside: str
) -> None:
    shown = row(1, window=ReplyWindow(left, NOW + timedelta(hours=1)), mode=mode)
    header.show_row(shown)
    header.tick(NOW)
    assert header.quota.accessibleName() == words
    assert quota_sentence(shown.conversation, SHOP, NOW).endswith(beside)


def test_where_no_rule_answers_nothing_is_said_to_be_theirs() -> None:
    taken = replace(row(1, window=ReplyWindow(4, NOW + timedelta(hours=1))).conversation, taken_over=True)
    assert quota_sentence(taken, SHOP, NOW) == "4 replies can leave within 1 h."
    i18n.use("zh_CN")
    assert quota_sentence(taken, SHOP, NOW) == "1 小时内还可回 4 条。"


def test_the_reply_window_runs_out_while_it_is_shown(header: ChatHeader) -> None:
    header.show_row(row(1, window=ReplyWindow(2, NOW + timedelta(minutes=6))))
    header.tick(NOW)
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
    header.show_row(row(1, alias="王芳", taken_over=True, taken_over_until=until))
    header.tick(NOW)
    header.show_detail.show()
    header.resize(528, 56)  # what the chat has in a window of 900
    qtbot.waitUntil(lambda: header.name.width() >= header.name.sizeHint().width())
    assert header.mode.toolTip() != ""
    header.resize(900, 56)
    qtbot.waitUntil(lambda: header.quota.left.isVisible())


TAKEN = {"taken_over": True, "taken_over_until": NOW + timedelta(minutes=29)}


@pytest.mark.parametrize(
    ("language", "fields", "word"),
    [
        ("en", {}, "Automatic · account"),
        ("en", {"mode": ReplyMode.HOLD}, "Waits · here"),
        ("en", TAKEN, "By hand · 29 min"),
        ("zh_CN", {}, "自动 · 按账号"),
        ("zh_CN", TAKEN, "人工 · 29 分钟"),
    ],
)
def test_a_window_900_wide_shows_what_sets_the_mode_beside_the_quota(
    qtbot: QtBot, language: str, fields: dict[str, Any], word: str
) -> None:
    i18n.use(language)
    header = ChatHeader({"shop": SHOP})
    i18n.use("en")
    qtbot.addWidget(header)
    header.show_detail.show()
    header.resize(900 - Measure.RAIL - Measure.LIST, Measure.HEADER)
    header.show()
    i18n.use(language)
    header.show_row(row(1, alias="王芳", window=ReplyWindow(4, NOW + timedelta(hours=47, minutes=30)), **fields))
    header.tick(NOW)
    i18n.use("en")
    quota = header.quota
    assert header.mode.text() == word
    assert quota.dots.isVisible() or quota.left.full_text() == "4/5"
    assert quota.time.full_text() in ("47:30:00", "47 h", "47 小时")
    assert quota.toolTip() != ""
    qtbot.waitUntil(lambda: header.mode.width() >= header.mode.width_for(word))
    for label in (quota.left, quota.time):
        assert label.isHidden() or label.width() >= label.fontMetrics().horizontalAdvance(label.text())
    assert header.show_detail.geometry().right() < header.width()


@pytest.mark.parametrize("told", QuotaDisplay)
def test_a_narrow_header_says_in_words_that_the_reply_window_is_over(qtbot: QtBot, told: QuotaDisplay) -> None:
    block = QuotaBlock()
    qtbot.addWidget(block)
    block.show_quota(row(1, window=ReplyWindow(4, NOW)).conversation, SHOP, NOW)
    block.use(told)
    assert block.left.full_text() == "Reply time over"
    assert block.time.isHidden()


@pytest.mark.parametrize("told", QuotaDisplay)
@pytest.mark.parametrize("left", [0, 1])
def test_that_no_reply_is_left_is_said_in_every_room(qtbot: QtBot, told: QuotaDisplay, left: int) -> None:
    block = QuotaBlock()
    qtbot.addWidget(block)
    block.show_quota(row(1, window=ReplyWindow(left, NOW + timedelta(hours=2))).conversation, SHOP, NOW)
    width = block.width_for(told)
    block.use(told)
    assert block.left.isHidden() is (told is QuotaDisplay.DOTS and left > 0), "five pale dots call nobody"
    assert width >= block.left.sizeHint().width() * (not block.left.isHidden())


@pytest.mark.parametrize(("minutes", "words"), [(61, "1 h"), (59, "59:00")])
def test_the_last_hour_runs_in_seconds_in_the_least_room_as_well(qtbot: QtBot, minutes: int, words: str) -> None:
    block = QuotaBlock()
    qtbot.addWidget(block)
    window = ReplyWindow(4, NOW + timedelta(minutes=minutes))
    block.show_quota(row(1, window=window).conversation, SHOP, NOW)
    block.use(QuotaDisplay.SHORT)
    assert (block.left.full_text(), block.time.full_text()) == ("4/5", words)


REFUSALS = {
    45047: ("0 replies left", "Wait until the customer writes again."),
    45015: ("Reply time over", "Wait until the customer writes again."),
    43019: ("WeChat refuses: the customer is on the black list", "Take the customer off the black list."),
    48002: ("WeChat refuses: the customer refuses messages", "Wait until the customer writes again."),
    40003: ("WeChat refuses: this openid does not belong to this mini program", "Check the account's AppID."),
}
"""Why a reply window ended before its time, and what helps."""


@pytest.mark.parametrize("errcode", REFUSALS)
def test_a_reply_window_that_wechat_ended_says_why_everywhere(header: ChatHeader, errcode: int) -> None:
    over = NOW if errcode == 45015 else NOW + timedelta(hours=1)
    ended = row(1, window=ReplyWindow(0, over, errcode))
    words, remedy = REFUSALS[errcode]
    header.show_row(ended)
    header.tick(NOW)
    assert header.quota.accessibleName() == f"{words} (as WeChat says, {errcode})"
    assert remedy in unescape(header.quota.toolTip())
    if words.startswith("WeChat refuses"):
        assert quota_wordings(ended.conversation, NOW) == (words, "WeChat refuses")
        assert closed_text(ended.conversation, NOW) == words
        assert quota_sentence(ended.conversation, SHOP, NOW) == f"{words}. {remedy}"
    else:
        assert "WeChat refuses" not in quota_text(ended.conversation, NOW)


@pytest.mark.parametrize("errcode", [45047, 45015, 43019])
def test_wechats_refusal_corrects_the_count_in_words_with_a_remedy(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, errcode: int
) -> None:
    conversation_id = world.say(CUSTOMER, "hello")
    opened(conversation_id)
    world.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=errcode))
    world.call(world.desk.replies.write(conversation_id, "Good morning."))
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.FAILED) is not None)
    qtbot.waitUntil(lambda: str(errcode) in page.chat.header.quota.accessibleName())
    failed = shown_reply(page, ReplyState.FAILED)
    assert failed is not None
    assert str(errcode) in trouble_of(failed)
    assert REFUSALS[errcode][1] in trouble_of(failed)
    [notice] = [notice_of(entry) for entry in page.session.model.rows() if entry.reply]
    assert notice == trouble_of(failed), "what the reply says is not said again below it"
    assert not page.chat.composer.send.isEnabled()
    assert page.chat.composer.hint.full_text() != ""


def test_the_count_survives_a_restart(tmp_path: Path) -> None:
    with open_world(tmp_path, ReplyMode.OFF) as world:
        conversation_id = world.say(CUSTOMER, "hello")
        world.wait_until_sent(world.call(world.desk.replies.write(conversation_id, "Hi.")).id)
        before = world.call(world.store.conversations.get(conversation_id)).window
        assert before.left == 4
    with open_world(tmp_path, ReplyMode.OFF) as world:
        assert world.call(world.store.conversations.get(conversation_id)).window == before
