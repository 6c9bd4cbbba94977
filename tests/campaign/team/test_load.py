"""A team under load: each message is decided on and answered once, and every desk shows it soon."""

import time
from pathlib import Path

import pytest

from tests.campaign.team.team import quantiles, team
from tests.conftest import Sized
from tests.postgresql import Postgres
from wxdesk.sandbox.server import Sandbox

pytestmark = [pytest.mark.campaign, pytest.mark.postgres, pytest.mark.timeout(600)]

LOAD = ((40, 2), (50, 6), (200, 60))
"""Messages a second and seconds, in each size of the campaign."""


async def test_each_message_is_answered_once_and_shown_everywhere(
    postgres: Postgres, tmp_path: Path, sandbox: Sandbox, sized: Sized
) -> None:
    rate, seconds = sized(*LOAD)
    async with team(postgres, tmp_path, sandbox) as all_of_them:
        began = time.monotonic()
        await all_of_them.write(rate, seconds)
        took = time.monotonic() - began
        await all_of_them.at_rest()
        states = await all_of_them.audit()
        assert set(states) == {"sent"}
        print(f"{sum(states.values())} messages, {rate * seconds / took:.0f}/s; from push to desk, ms: p50, p99, most")
        for delays in await all_of_them.delays():
            print(quantiles(delays))
