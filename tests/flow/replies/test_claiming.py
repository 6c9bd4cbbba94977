"""A claim waits for nothing else, and one whose answer was lost leaves no reply and no contact stuck."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk.core.errors import StoreError
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.wechat.quota import ClaimedReply
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.store.failures import SILENT
from wxdesk.store.replies.pending.timers import TimerMoves

RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点。" }]
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES) as made:
        yield made


async def test_a_reply_whose_claim_lost_its_answer_is_sent_once_the_store_is_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = desk.opened.store.outbox
    claim = outbox.claim
    lost: list[ClaimedReply] = []

    async def cut_off(*args: Any, **how: Any) -> list[ClaimedReply]:
        claimed = await claim(*args, **how)
        if claimed and not lost:
            lost.extend(claimed)
            raise StoreError(reason=SILENT)  # it is committed all the same
        return claimed

    monkeypatch.setattr(outbox, "claim", cut_off)
    await desk.sandbox.say(LI_LEI.openid, "几点关门")
    await desk.until_sent(1)
    await desk.sandbox.say(LI_LEI.openid, "几点开门")
    await desk.until_sent(2)
    assert [one.reply.state for one in lost] == [ReplyState.SENDING]
    desk.move_to(START + timedelta(minutes=2))
    await desk.sandbox.say(LI_LEI.openid, "几点")
    await desk.until_sent(3)


async def test_a_reply_leaves_before_the_timers_are_looked_at(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    pending = desk.opened.store.pending_replies
    run_timers, may_go_on = pending.run_timers, asyncio.Event()

    async def slowly(*args: Any) -> TimerMoves:
        await may_go_on.wait()
        return await run_timers(*args)

    monkeypatch.setattr(pending, "run_timers", slowly)
    await desk.sandbox.say(LI_LEI.openid, "几点关门")
    await desk.until_sent(1)
    may_go_on.set()
