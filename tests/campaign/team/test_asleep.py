"""A desk on a machine that slept: it soon shows what came meanwhile, and hears of what comes from then on."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from tests.campaign.team.team import PATIENCE, UNDER_WAY, FollowingDesk, Team, team
from tests.conftest import Sized
from tests.postgresql import Postgres
from wxdesk.sandbox.server import Sandbox

pytestmark = [pytest.mark.campaign, pytest.mark.postgres, pytest.mark.timeout(600)]

MESSAGES = (40, 60, 3600)
"""Messages of an hour, in each size of the campaign: the last is one a second."""

CAUGHT_UP_IN = 2.0
"""Seconds, as is promised of a machine at rest."""

SHORT = 1.5
"""Seconds that count as a sleep, but in the full campaign."""

AN_HOUR_AGO = "SET session_replication_role = replica; UPDATE relayed_events SET at = at - 3600000000"
"""Without the trigger that tells who writes."""


async def test_a_desk_that_slept_catches_up(postgres: Postgres, tmp_path: Path, sandbox: Sandbox, sized: Sized) -> None:
    lease, promised = sized((SHORT, PATIENCE), (SHORT, PATIENCE), (None, CAUGHT_UP_IN))
    async with team(postgres, tmp_path, sandbox, desks=2, lease=lease, by_ways=True) as shop:
        for slept_long in (False, True):
            sleeper = shop.desks[1]
            os.kill(sleeper.process.pid, signal.SIGSTOP)
            shop.ways[3].forget()  # as the database does, which hears nothing of it any more
            await shop.write(200, sized(*MESSAGES) / 200)
            if slept_long:
                shop.ask(AN_HOUR_AGO)
            last = await asleep_until_answered(shop)
            woken = time.monotonic()
            os.kill(sleeper.process.pid, signal.SIGCONT)
            behind = await shown(sleeper, last) - woken
            next_one = await shop.push(0)
            later = await shown(sleeper, next_one) - shop.pushed_at[next_one]
            print(f"{len(shop.pushed_at)} messages; caught up in {behind:.1f} s, the next one in {later:.1f} s")
            assert behind < promised
            assert later < promised
        await shop.at_rest()
        await shop.audit()


async def asleep_until_answered(shop: Team) -> str:
    """Wait until all of them are, however slow; let a last one write; the text, once it is answered."""
    while await asyncio.to_thread(shop.ask, UNDER_WAY) != [["0"]]:  # noqa: ASYNC110 - psql tells nobody
        await asyncio.sleep(0.2)
    await shop.answered()
    return list(shop.pushed_at)[-1]


async def shown(desk: FollowingDesk, text: str) -> float:
    """When the desk first showed it."""
    ends = time.monotonic() + PATIENCE
    while text not in (seen := await desk.ask("seen")):
        assert time.monotonic() < ends
    return float(seen[text])
