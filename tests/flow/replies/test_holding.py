"""Held replies: what new messages, operators, restarts and modes do to them, by what WeChat received."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.flow.timed_desk import START, Desk, after, sent, stands, timed_desk
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.events import TypingAsked
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.push import BodyFormat, Push
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.preferences import Preferences
from wxdesk.core.replies.lifecycle import AFTER_RESTART, TOO_LATE
from wxdesk.desk.replies.operator_typing import GRACE, QUIET
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.store import open_store
from wxdesk.webhook.parse import read_push

LI, WANG = LI_LEI.openid, WANG_FANG.openid
RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点" }]

[[rules]]
name = "two"
when = { any = ["两句"] }
then = [{ reply = "一" }, { typing = 3 }, { reply = "二" }]

[[rules]]
name = "mute"
when = { exact = ["嗯"] }
then = [{ silent = true }]

[[rules]]
name = "human"
when = { any = ["退款"] }
then = [{ reply = "转人工" }, { take_over = true }]

[[rules]]
name = "slow"
when = { any = ["慢"] }
delivery = { hold = 60 }
then = [{ reply = "慢慢来" }]

[[rules]]
name = "welcome"
on = ["enter_session"]
then = [{ reply = "欢迎" }]

[[rules]]
name = "default"
default = true
then = [{ reply = "已收到" }, { take_over = true }]
"""
HELD, DRAFT, QUEUED, SENT, CANCELLED = (
    ReplyState.HELD,
    ReplyState.DRAFT,
    ReplyState.QUEUED,
    ReplyState.SENT,
    ReplyState.CANCELLED,
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Everything is held for 8 seconds."""
    async with timed_desk(tmp_path, RULES, reply_mode=ReplyMode.HOLD, hold_seconds=8) as made:
        yield made


async def thread(desk: Desk) -> int:
    return (await desk.thread(LI)).id


async def test_a_new_answer_replaces_the_held_one(desk: Desk) -> None:
    assert (await desk.says(LI, "几点")).outcome is Outcome.REPLIED
    desk.clock.now = after(5)
    assert (await desk.says(LI, "两句")).outcome is Outcome.REPLIED
    first = await desk.reply(1)
    assert (first.state, first.by) == (CANCELLED, "contact")
    assert await stands(desk, 2, 3) == [(HELD, after(13)), (HELD, after(16))]
    desk.move_to(after(16))
    await desk.until_sent(2)
    assert sent(desk) == ["一", "二"]


@pytest.mark.parametrize(("text", "outcome"), [("嗯", Outcome.SILENT), ("退款", Outcome.REPLIED)])
async def test_a_silent_or_handing_over_rule_cancels_the_held_answer(desk: Desk, text: str, outcome: Outcome) -> None:
    await desk.says(LI, "几点")
    assert (await desk.says(LI, text)).outcome is outcome
    assert (await desk.reply(1)).by == "contact"
    desk.move_to(after(8))
    if text == "退款":
        await desk.until_sent(1)
        assert (await desk.thread(LI)).taken_over
    assert sent(desk) == (["转人工"] if text == "退款" else [])


async def test_an_unmatched_message_restarts_the_hold_of_the_held_answer(desk: Desk) -> None:
    await desk.says(LI, "几点")
    for seconds in (6, 12, 18):  # each time the clock begins anew, and no more than that
        desk.move_to(after(seconds))
        assert (await desk.says(LI, "？")).outcome is Outcome.STILL_HELD
        assert await stands(desk, 1) == [(HELD, after(seconds + 8))]
    assert not (await desk.thread(LI)).taken_over
    desk.move_to(after(26))
    await desk.until_sent(1)
    assert sent(desk) == ["九点"]


async def test_a_restarted_hold_has_the_rules_own_length_and_parts_keep_their_distance(desk: Desk) -> None:
    await desk.says(LI, "慢")
    desk.clock.now = after(50)
    assert (await desk.says(LI, "在吗")).outcome is Outcome.STILL_HELD
    assert await stands(desk, 1) == [(HELD, after(110))]
    assert (await desk.says(LI, "两句")).outcome is Outcome.REPLIED
    desk.clock.now = after(55)
    assert (await desk.says(LI, "在吗")).outcome is Outcome.STILL_HELD
    assert await stands(desk, 2, 3) == [(HELD, after(63)), (HELD, after(66))]


async def test_a_held_greeting_is_replaced_by_the_default_answer(desk: Desk) -> None:
    await desk.enters(LI)
    assert (await desk.says(LI, "我的快递三天没动了")).outcome is Outcome.REPLIED
    assert (await desk.reply(1)).by == "contact"
    assert await stands(desk, 2) == [(HELD, after(8))]
    assert (await desk.thread(LI)).taken_over


async def test_entering_the_chat_leaves_a_held_answer_as_it_is(desk: Desk) -> None:
    await desk.says(LI, "几点")
    desk.clock.now = after(2)
    assert (await desk.enters(LI)).outcome is Outcome.REPLIED
    assert await stands(desk, 1, 2) == [(HELD, after(8)), (HELD, after(10))]


async def test_an_answer_being_edited_stays_and_gets_no_second_one_beside_it(desk: Desk) -> None:
    replies = desk.opened.desk.replies
    await desk.says(LI, "几点")
    await replies.lock_for_edit(1)  # the operator has opened it to edit it
    assert (await desk.says(LI, "两句")).outcome is Outcome.YIELDED
    await replies.edit(1, "今天十点")
    assert (await desk.says(LI, "两句")).outcome is Outcome.YIELDED
    assert (await desk.says(LI, "？")).outcome is Outcome.STILL_HELD
    pending = await desk.opened.store.replies.pending()
    assert [(reply.id, reply.state, reply.content.text) for reply in pending] == [(1, DRAFT, "今天十点")]
    await replies.release(1)
    await desk.until_sent(1)
    assert sent(desk) == ["今天十点"]


async def test_an_edited_held_reply_restarts_its_hold_with_a_new_message(desk: Desk) -> None:
    await desk.says(LI, "几点")
    await desk.opened.desk.replies.edit(1, "十点")
    desk.clock.now = after(7)
    assert (await desk.says(LI, "两句")).outcome is Outcome.YIELDED
    assert await stands(desk, 1) == [(HELD, after(15))]


async def test_a_replaced_held_answer_frees_its_quota(tmp_path: Path) -> None:
    async with timed_desk(tmp_path, RULES, reply_mode=ReplyMode.HOLD, hold_seconds=8, reserve=3) as desk:
        for seconds in range(4):  # two of five are the rules': each answer takes both
            desk.clock.now = after(seconds)
            assert (await desk.says(LI, "两句")).outcome is Outcome.REPLIED
        desk.move_to(after(60))
        await desk.until_sent(2)
        assert sent(desk) == ["一", "二"]
        assert await desk.window_left(LI) == 3


async def test_messages_decided_together_are_decided_like_those_one_by_one(desk: Desk) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.DROP, call="push"))
    await desk.sandbox.say(LI, "几点")
    await desk.opened.stop()
    store = await open_store("sqlite:///desk.db", desk.setup.home)
    for number, text in enumerate(("几点", "两句", "？")):  # kept just before a crash
        body = {"FromUserName": LI, "CreateTime": int(START.timestamp()), "MsgType": "text", "Content": text}
        raw = json.dumps(body | {"MsgId": str(number)}).encode()
        await store.pushes.keep(Push("shop", f"m:{number}", raw, BodyFormat.JSON, START, read_push(raw)))
    await store.close()
    await desk.restart()
    await desk.sandbox.say(WANG, "几点")  # decided behind what the crash has left
    await desk.until(lambda: 4 in desk.decided_on)
    rows = [await desk.opened.store.decision_history.for_message(number) for number in (1, 2, 3)]
    assert [row and row.outcome for row in rows] == [Outcome.REPLIED, Outcome.REPLIED, Outcome.STILL_HELD]
    ours = [one for one in sorted(desk.states) if (await desk.reply(one)).openid == LI]  # the fourth may stand between
    assert await stands(desk, *ours) == [(CANCELLED, after(8)), (HELD, after(8)), (HELD, after(11))]
    assert (await desk.reply(ours[0])).by == "contact"


async def test_a_customers_message_during_a_pause_makes_the_held_reply_ask(desk: Desk) -> None:
    await desk.says(LI, "几点")
    await desk.opened.desk.outbox.pause()
    assert (await desk.says(LI, "两句")).outcome is Outcome.PAUSED
    await desk.opened.desk.outbox.resume()
    assert await stands(desk, 1) == [(HELD, None)]
    assert (await desk.says(LI, "？")).outcome is Outcome.STILL_HELD
    assert await stands(desk, 1) == [(HELD, None)]  # what asks goes on asking


async def test_a_newer_draft_replaces_the_older_and_the_customer_sees_nothing(
    tmp_path: Path,
) -> None:
    async with timed_desk(tmp_path, RULES, reply_mode=ReplyMode.DRAFT) as desk:
        await desk.says(LI, "几点")
        assert (await desk.says(LI, "两句")).outcome is Outcome.REPLIED
        assert [reply.id for reply in await desk.opened.store.replies.pending()] == [2, 3]
        assert (await desk.reply(1)).state is CANCELLED
        assert (await desk.says(LI, "？")).outcome is Outcome.STILL_HELD
        conversation = await desk.thread(LI)
        assert conversation.waiting_since == START  # drafts answer nobody
        assert not any(isinstance(event, TypingAsked) for event in desk.events)
        assert (sent(desk), desk.calls()) == ([], 0)


async def test_no_held_reply_leaves_while_the_operator_types(desk: Desk) -> None:
    typing = desk.opened.desk.typing
    await desk.says(LI, "几点")
    for seconds in range(4, 40, 4):
        desk.clock.now = after(seconds)
        await typing.show(await thread(desk))
        desk.move_to(after(seconds))
        await desk.opened.desk.conversations.mark_read(await thread(desk))
        [(state, due_at)] = await stands(desk, 1)
        assert state is HELD
        assert due_at is not None
        assert due_at > after(seconds)
    last_key = after(36)
    desk.move_to(last_key + QUIET)
    await desk.until(lambda: desk.states[1].count(HELD) > 2)
    desk.move_to(last_key + QUIET + GRACE)
    await desk.until_sent(1)
    assert desk.sent_at(LI)[0] >= last_key + QUIET + timedelta(seconds=3)


async def test_a_held_reply_waits_a_few_seconds_after_typing_stops(desk: Desk) -> None:
    await desk.says(LI, "几点")
    desk.clock.now = after(7)
    await desk.opened.desk.typing.show(await thread(desk))
    await desk.until(lambda: desk.states[1] == [HELD, HELD])
    here = await thread(desk)
    desk.clock.now = after(9)
    await desk.opened.desk.typing.stop(here)
    [(state, due_at)] = await stands(desk, 1)
    assert state is HELD
    assert due_at is not None
    assert due_at >= after(9) + GRACE
    desk.move_to(due_at)
    await desk.until_sent(1)


async def test_a_held_reply_asks_after_a_restart(desk: Desk) -> None:
    await desk.says(LI, "几点")
    await desk.opened.stop()
    desk.clock.now = after(4)
    await desk.restart()
    assert await stands(desk, 1) == [(HELD, None)]
    assert (await desk.reply(1)).error == AFTER_RESTART
    desk.move_to(after(3600))
    assert (await desk.says(LI, "？")).outcome is Outcome.STILL_HELD
    assert sent(desk) == []
    assert await desk.opened.desk.replies.release_held() == 1
    await desk.until_sent(1)


async def test_the_preferences_say_when_a_queued_reply_is_stale(tmp_path: Path) -> None:
    async with timed_desk(tmp_path, RULES) as desk:
        await desk.opened.desk.preferences.set(replace(Preferences(), stale_minutes=1))
        desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=48004))  # the account rests for a minute
        await desk.says(LI, "几点")
        await desk.until_refused(1)
        desk.move_to(after(60.1))
        await desk.until(lambda: desk.states[1][-1] is HELD)
        assert (await desk.reply(1)).error == TOO_LATE
        assert sent(desk) == []


@pytest.mark.parametrize(("mode", "state"), [(ReplyMode.DRAFT, DRAFT), (ReplyMode.OFF, CANCELLED)])
async def test_a_held_reply_follows_the_conversations_mode(desk: Desk, mode: ReplyMode, state: ReplyState) -> None:
    await desk.says(LI, "几点")
    await desk.opened.desk.conversations.set_mode(await thread(desk), mode)
    assert desk.states[1][-1] is state
    desk.move_to(after(8))
    await desk.opened.desk.replies.write(await thread(desk), "我来")
    await desk.until_sent(1)
    assert sent(desk) == ["我来"]


async def test_a_takeover_cancels_what_is_held(desk: Desk) -> None:
    await desk.says(LI, "几点")
    await desk.opened.desk.conversations.take_over(await thread(desk))
    assert await stands(desk, 1) == [(CANCELLED, after(8))]


async def test_blocking_a_contact_cancels_the_held_reply(desk: Desk) -> None:
    await desk.says(LI, "几点")
    contact = (await desk.thread(LI)).contact
    await desk.opened.store.conversations.change_contact(contact.id, ContactChange(blocked=True))
    desk.move_to(after(8))
    await desk.until(lambda: desk.states[1][-1] is CANCELLED)
    assert sent(desk) == []
