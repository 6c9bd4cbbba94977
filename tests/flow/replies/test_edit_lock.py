"""Replies that an operator opens for editing and puts back unchanged, on a whole desk with a clock the test moves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flow.timed_desk import Desk, after, sent, stands, timed_desk
from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import AFTER_RESTART, StepKind
from wxdesk.core.replies.on_new_message import WROTE_MEANWHILE
from wxdesk.sandbox.demo_customers import LI_LEI

LI = LI_LEI.openid
RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点" }]

[[rules]]
name = "slow"
when = { any = ["慢"] }
delivery = { hold = 60 }
then = [{ reply = "慢慢来" }]
"""
DRAFT, HELD = ReplyState.DRAFT, ReplyState.HELD


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Holds what its rules say for eight seconds."""
    async with timed_desk(tmp_path, RULES, reply_mode=ReplyMode.HOLD, hold_seconds=8) as made:
        yield made


async def test_an_unchanged_reply_unlocked_waits_for_the_time_it_had_left(desk: Desk) -> None:
    replies, store = desk.opened.desk.replies, desk.opened.store
    await desk.says(LI, "慢")
    before = await store.replies.get(1)
    desk.clock.now = after(20)
    await replies.lock_for_edit(1)
    desk.clock.now = after(3000)
    await replies.unlock(before)
    assert await stands(desk, 1) == [(HELD, after(3040))]
    desk.move_to(after(3039))
    assert sent(desk) == []
    desk.move_to(after(3040))
    await desk.until_sent(1)
    steps = [(step.kind, step.by, step.until) for step in await store.replies.steps(1)]
    assert steps == [
        (StepKind.HOLD, "", after(60)),
        (StepKind.KEEP, "operator", after(60)),
        (StepKind.HOLD, "operator", after(3040)),
        (StepKind.RELEASE, "", None),
    ]


async def test_an_unchanged_reply_unlocked_waits_some_seconds_at_least(desk: Desk) -> None:
    replies, store = desk.opened.desk.replies, desk.opened.store
    await desk.says(LI, "几点")
    before = await store.replies.get(1)
    desk.clock.now = after(7)
    await replies.lock_for_edit(1)
    await replies.unlock(before)
    assert await stands(desk, 1) == [(HELD, after(12))]


async def test_an_unchanged_reply_unlocked_asks_if_the_customer_wrote_meanwhile(desk: Desk) -> None:
    replies, store = desk.opened.desk.replies, desk.opened.store
    await desk.says(LI, "几点")
    before = await store.replies.get(1)
    await replies.lock_for_edit(1)
    desk.clock.now = after(2)
    assert (await desk.says(LI, "几点")).outcome is Outcome.YIELDED
    assert (await replies.unlock(before)).error == WROTE_MEANWHILE
    assert await stands(desk, 1) == [(HELD, None)]


@pytest.mark.parametrize("mode", [ReplyMode.DRAFT, ReplyMode.OFF])
async def test_an_unchanged_reply_unlocked_is_a_draft_in_modes_draft_and_off(desk: Desk, mode: ReplyMode) -> None:
    replies, store = desk.opened.desk.replies, desk.opened.store
    await desk.says(LI, "几点")
    before = await store.replies.get(1)
    await replies.lock_for_edit(1)
    await desk.opened.desk.conversations.set_mode(before.conversation_id, mode)
    await replies.unlock(before)
    assert await stands(desk, 1) == [(DRAFT, None)]


async def test_a_draft_being_edited_gets_no_second_draft_until_unlocked(tmp_path: Path) -> None:
    async with timed_desk(tmp_path, RULES, reply_mode=ReplyMode.DRAFT) as desk:
        replies, store = desk.opened.desk.replies, desk.opened.store
        await desk.says(LI, "几点")
        before = await store.replies.get(1)
        await replies.lock_for_edit(1)
        assert (await desk.says(LI, "几点")).outcome is Outcome.YIELDED
        await replies.unlock(before)
        assert (await desk.says(LI, "几点")).outcome is Outcome.REPLIED
        states = [(reply.id, reply.state) for reply in await store.replies.pending()]
        assert states == [(2, DRAFT)]


async def test_a_changed_or_sent_reply_is_not_unlocked(desk: Desk) -> None:
    replies, store = desk.opened.desk.replies, desk.opened.store
    await desk.says(LI, "几点")
    before = await store.replies.get(1)
    await replies.lock_for_edit(1)
    await replies.edit(1, "十点")
    assert (await replies.unlock(before)).by == "operator"
    assert await stands(desk, 1) == [(DRAFT, None)]
    await replies.release(1)
    await desk.until_sent(1)
    with pytest.raises(MoveNotAllowed):
        await replies.unlock(before)


async def test_a_restart_ends_all_edit_locks(desk: Desk) -> None:
    """Else the rules would keep quiet there for ever, for a reply that nobody looks at any more."""
    await desk.says(LI, "慢")
    await desk.opened.desk.replies.lock_for_edit(1)
    await desk.restart()
    assert await stands(desk, 1) == [(DRAFT, None)]
    left = await desk.reply(1)
    assert (left.by, left.error) == ("", AFTER_RESTART)
    assert [step.kind for step in await desk.opened.store.replies.steps(1)][-1] is StepKind.UNLOCK
    assert (await desk.says(LI, "几点")).outcome is Outcome.REPLIED
    assert [state for state, _ in await stands(desk, 1, 2)] == [ReplyState.CANCELLED, HELD]


async def test_a_restart_keeps_an_edited_draft_for_its_operator(desk: Desk) -> None:
    await desk.says(LI, "慢")
    await desk.opened.desk.replies.lock_for_edit(1)
    await desk.opened.desk.replies.edit(1, "慢工出细活")
    await desk.restart()
    assert (await desk.says(LI, "几点")).outcome is Outcome.YIELDED
    assert await stands(desk, 1) == [(DRAFT, None)]
