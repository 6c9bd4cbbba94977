"""A claimed reply whose call to WeChat has not begun still follows commands, by what WeChat received."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.flow.timed_desk import Desk, after, timed_desk
from wxdesk.core.events import ApiCalled
from wxdesk.core.model.account import ModeSource, ReplyMode
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import RULE_SILENT
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault

LI = LI_LEI.openid
RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点" }]
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES) as made:
        yield made


async def waits_for_a_token(desk: Desk) -> int:
    """Reply 1 has been claimed, its token was refused, and the new one takes its time; its conversation."""
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=42001))
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.LATENCY, call="token", milliseconds=1000))
    await desk.sandbox.say(LI, "几点")
    await desk.until(lambda: any(isinstance(event, ApiCalled) and event.reply_id == 1 for event in desk.events))
    assert desk.states[1][-1] is ReplyState.SENDING
    return (await desk.thread(LI)).id


async def test_a_takeover_cancels_a_reply_that_still_waits_for_its_token(desk: Desk) -> None:
    conversation = await waits_for_a_token(desk)
    await desk.opened.desk.conversations.take_over(conversation)
    await desk.until(lambda: desk.states[1][-1] is ReplyState.CANCELLED)
    assert (await desk.reply(1)).by == "operator"
    await desk.opened.desk.replies.write(conversation, "我来")
    await desk.until_sent(1)
    assert [sent.text for sent in desk.sandbox.sent] == ["我来"]


async def test_a_pause_keeps_a_reply_that_still_waits_for_its_token(desk: Desk) -> None:
    await waits_for_a_token(desk)
    await desk.opened.desk.outbox.pause()
    await desk.until(lambda: desk.states[1][-1] is ReplyState.QUEUED)
    assert desk.sandbox.sent == ()
    await desk.opened.desk.outbox.resume()
    assert (await desk.reply(1)).state is ReplyState.HELD
    assert (await desk.reply(1)).due_at is None


async def test_mode_off_cancels_a_reply_that_still_waits_for_its_token(desk: Desk) -> None:
    conversation = await waits_for_a_token(desk)
    await desk.opened.desk.conversations.set_mode(conversation, ReplyMode.OFF)
    await desk.until(lambda: desk.states[1][-1] is ReplyState.CANCELLED)
    assert desk.sandbox.sent == ()


async def test_a_new_reply_after_a_hand_back_leaves_and_the_cancelled_one_does_not(desk: Desk) -> None:
    conversation = await waits_for_a_token(desk)
    await desk.opened.desk.conversations.take_over(conversation)
    await desk.opened.desk.conversations.hand_back(conversation)
    await desk.until(lambda: desk.states[1][-1] is ReplyState.CANCELLED)
    await desk.sandbox.say(LI, "几点呢")
    await desk.until_sent(1)
    assert [sent.text for sent in desk.sandbox.sent] == ["九点"]


async def test_mode_draft_makes_a_draft_of_a_reply_that_still_waits_for_its_token(desk: Desk) -> None:
    conversation = await waits_for_a_token(desk)
    await desk.opened.desk.conversations.set_mode(conversation, ReplyMode.DRAFT)
    await desk.until(lambda: desk.states[1][-1] is ReplyState.DRAFT)
    reply = await desk.reply(1)
    assert (reply.mode, reply.mode_from) == (ReplyMode.DRAFT, ModeSource.CONVERSATION)
    assert desk.sandbox.sent == ()


async def test_mode_hold_holds_a_reply_that_still_waits_for_its_token(desk: Desk) -> None:
    conversation = await waits_for_a_token(desk)
    await desk.opened.desk.conversations.set_mode(conversation, ReplyMode.HOLD)
    await desk.until(lambda: desk.states[1][-1] is ReplyState.HELD)
    reply = await desk.reply(1)
    assert (reply.mode, reply.mode_from, reply.due_at) == (ReplyMode.HOLD, ModeSource.CONVERSATION, after(8))
    desk.move_to(after(7))
    assert desk.sandbox.sent == ()
    desk.move_to(after(8))
    await desk.until_sent(1)


@pytest.mark.parametrize(
    ("mode", "state"),
    [
        (ReplyMode.DRAFT, ReplyState.DRAFT),
        (ReplyMode.OFF, ReplyState.CANCELLED),
        (ReplyMode.HOLD, ReplyState.HELD),
    ],
)
async def test_a_reply_that_still_waits_for_its_token_follows_the_account_mode(
    desk: Desk, mode: ReplyMode, state: ReplyState
) -> None:
    await waits_for_a_token(desk)
    await desk.opened.desk.accounts.set_mode("shop", mode, 8)
    await desk.until(lambda: desk.states[1][-1] is state)
    assert desk.sandbox.sent == ()


async def test_a_disabled_rules_reply_that_still_waits_for_its_token_becomes_a_draft(desk: Desk) -> None:
    await waits_for_a_token(desk)
    [rule] = await desk.opened.desk.rules.rulebook.all()
    await desk.opened.desk.rules.rulebook.set_enabled(rule.id, enabled=False)
    await desk.until(lambda: desk.states[1][-1] is ReplyState.DRAFT)
    assert (await desk.reply(1)).error == RULE_SILENT
    assert desk.sandbox.sent == ()


async def test_a_reply_that_waits_for_its_token_leaves_after_unrelated_changes(desk: Desk) -> None:
    await waits_for_a_token(desk)
    [rule] = await desk.opened.desk.rules.rulebook.all()
    await desk.opened.desk.rules.rulebook.save(replace(rule, id=0, name="other"))
    await desk.opened.desk.accounts.set_mode("shop", ReplyMode.AUTO, 90)
    await desk.until_sent(1)
    assert [sent.text for sent in desk.sandbox.sent] == ["九点"]
