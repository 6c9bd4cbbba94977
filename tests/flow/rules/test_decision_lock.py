"""A decision that is being stored while the operator says something that holds for all conversations."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.flow.timed_desk import Desk, timed_desk
from tests.postgresql import Postgres
from wxdesk.config.reading import StoreSettings
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import ReplyState
from wxdesk.sandbox.demo_customers import LI_LEI

LI = LI_LEI.openid
RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点" }]
"""
TOO_EARLY = 0.5
"""How long, in seconds, a command gets to go on before the decision is stored; it must not."""

type Command = Callable[[Desk], Coroutine[Any, Any, object]]


async def _drafts_only(desk: Desk) -> None:
    await desk.opened.desk.accounts.set_mode("shop", ReplyMode.DRAFT, 8)


async def _switched_off(desk: Desk) -> None:
    [rule] = await desk.opened.desk.rules.rulebook.all()
    await desk.opened.desk.rules.rulebook.set_enabled(rule.id, enabled=False)


@asynccontextmanager
async def storing(desk: Desk, url: str) -> AsyncIterator[None]:
    """Within this, what was decided on the newest message waits for the database; others write beside it."""
    other = await asyncpg.connect(url)
    try:
        async with other.transaction():
            await other.execute("LOCK TABLE decisions IN SHARE MODE")
            await desk.sandbox.say(LI, "几点")
            while not await other.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                pass
            yield
    finally:
        await other.close()


@pytest.mark.postgres
@pytest.mark.parametrize("command", [_drafts_only, _switched_off])
async def test_a_reply_being_stored_is_stopped_by_a_command_for_all_conversations(
    tmp_path: Path, postgres: Postgres, command: Command
) -> None:
    url = postgres.fresh()
    held = timed_desk(tmp_path, RULES, store=StoreSettings(url), reply_mode=ReplyMode.HOLD, hold_seconds=30)
    async with held as desk:
        async with storing(desk, url):
            said = asyncio.create_task(command(desk))
            await asyncio.wait([said], timeout=TOO_EARLY)
        await said
        await desk.until(lambda: bool(desk.decided_on))
        assert (await desk.reply(1)).state is ReplyState.DRAFT
