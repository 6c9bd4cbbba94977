"""PostgreSQL is killed and started again under a team: it goes on by itself, and nothing is lost or said twice."""

import asyncio
import random
import sys
from pathlib import Path

import pytest

from tests.campaign.team.team import team
from tests.conftest import Sized
from tests.postgresql import Postgres
from wxdesk.sandbox.server import Sandbox

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.postgres,
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform == "win32", reason="SIGQUIT is a POSIX signal"),
]

RESTARTS = (1, 1, 20)
"""How often, in each size of the campaign."""

WRITERS = 6


async def test_servers_and_desks_go_on_where_their_database_was_away(
    postgres: Postgres, tmp_path: Path, sandbox: Sandbox, sized: Sized
) -> None:
    chance = random.Random(20261128)
    slowest = 0.0
    async with team(postgres, tmp_path, sandbox, desks=2) as shop:
        async with shop.written_to(WRITERS):
            for _ in range(sized(*RESTARTS)):
                await shop.answered()
                await asyncio.to_thread(postgres.kill)
                await asyncio.sleep(chance.uniform(0, 3))
                await asyncio.to_thread(postgres.start)
                slowest = max(slowest, await shop.answered())
        await shop.at_rest()
        states = await shop.audit()
        print(f"{len(shop.pushed_at)} acknowledged, {states}; slowest to go on: {slowest:.1f} s")
        assert set(states) <= {"sent", "unknown"}
