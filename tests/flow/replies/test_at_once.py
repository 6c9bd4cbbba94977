"""A reply for which no time is set does not wait for the timers of others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.flow.timed_desk import Desk, timed_desk
from wxdesk.sandbox.demo_customers import LI_LEI
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
