"""Servers that are killed, frozen and cut off in turn: another one works soon, and nothing is lost or said twice."""

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.campaign.team.team import PATIENCE, Team, team
from tests.conftest import Sized
from tests.postgresql import Postgres
from wxdesk.sandbox.server import Sandbox

pytestmark = [pytest.mark.campaign, pytest.mark.postgres, pytest.mark.timeout(900)]

FAULTS = (3, 4, 100)
"""How many times a server is harmed, in each size of the campaign."""

SHORT_LEASE = 1.5
"""Seconds of a lease, but in the full campaign."""

TAKEN_OVER_IN = 10.0
"""Seconds within which another server works, as is promised of a machine at rest."""

WRITERS = 6
"""Customers who write meanwhile, all the time."""


@contextlib.asynccontextmanager
async def killed(team: Team, number: int) -> AsyncIterator[None]:
    await asyncio.to_thread(team.servers[number].kill)
    yield
    team.servers[number] = await team.serve(number)


@contextlib.asynccontextmanager
async def frozen(team: Team, number: int) -> AsyncIterator[None]:
    """It goes on when another one has taken over, and believes for a moment that it works."""
    os.kill(team.servers[number].process.pid, signal.SIGSTOP)
    yield
    os.kill(team.servers[number].process.pid, signal.SIGCONT)


@contextlib.asynccontextmanager
async def cut_off(team: Team, number: int) -> AsyncIterator[None]:
    """Its connections end, and it gets no new ones."""
    team.ways[number].shut()
    yield
    team.ways[number].open()


@contextlib.asynccontextmanager
async def unheard(team: Team, number: int) -> AsyncIterator[None]:
    """What it says is not carried, and arrives when another one has taken over."""
    team.ways[number].fall_silent()
    yield
    team.ways[number].speak()


HARMS = (frozen, killed, unheard, cut_off)


async def test_another_server_takes_over_and_nothing_is_lost_or_sent_twice(
    postgres: Postgres, tmp_path: Path, sandbox: Sandbox, sized: Sized
) -> None:
    chance = random.Random(20261128)
    lease, promised = sized((SHORT_LEASE, PATIENCE), (SHORT_LEASE, PATIENCE), (None, TAKEN_OVER_IN))
    begin = chance.randrange(len(HARMS))
    slowest = 0.0
    async with team(postgres, tmp_path, sandbox, desks=1, lease=lease, by_ways=True) as harmed:
        async with harmed.written_to(WRITERS):
            for turn in range(sized(*FAULTS)):
                works = await asyncio.to_thread(harmed.works)
                async with HARMS[(begin + turn) % len(HARMS)](harmed, works):
                    slowest = max(slowest, await harmed.answered(1 - works))
                await harmed.answered(works)
        await harmed.at_rest()
        states = await harmed.audit()
        print(f"{len(harmed.pushed_at)} acknowledged, {states}; slowest to take over: {slowest:.1f} s")
        assert slowest < promised
        assert set(states) <= {"sent", "unknown"}
