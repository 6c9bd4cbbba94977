"""Two programs on one mini program: harmless with stable tokens, told to the operator with classic ones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from tests.wechat.worlds import ACCOUNT, HELLO, OPENID, Heard, client_to
from wxdesk.core.events import TokenChanged, TroubleRaised
from wxdesk.sandbox.server import Sandbox

ROUNDS = 6


class HandClock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def wechat(clock: HandClock) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(clock=clock)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


async def take_turns(wechat: Sandbox, clock: HandClock, endpoint: Literal["stable", "classic"]) -> tuple[Heard, Heard]:
    """Both send every ten minutes, five minutes apart: longer than a classic token outlives its successor."""
    here, there = Heard(), Heard()
    async with client_to(wechat.url, here, endpoint) as one, client_to(wechat.url, there, endpoint) as other:
        for _ in range(ROUNDS):
            for client in (one, other):
                await wechat.say(OPENID, "在吗")
                await client.send(ACCOUNT, OPENID, HELLO)
                clock.now += timedelta(minutes=5)
    assert len(wechat.sent) == 2 * ROUNDS
    return here, there


async def test_stable_tokens_are_shared_in_peace(wechat: Sandbox, clock: HandClock) -> None:
    here, there = await take_turns(wechat, clock, "stable")
    assert [len(heard.of(TokenChanged)) for heard in (here, there)] == [1, 1]
    assert here.of(TroubleRaised) == there.of(TroubleRaised) == []


async def test_classic_tokens_are_taken_away_and_the_operator_hears_of_it(wechat: Sandbox, clock: HandClock) -> None:
    here, there = await take_turns(wechat, clock, "classic")
    for heard in (here, there):
        assert len(heard.of(TokenChanged)) == ROUNDS
        (trouble,) = heard.of(TroubleRaised)
        assert trouble.key == "token:shop"
        assert (
            len([event for event in heard.events[: heard.events.index(trouble)] if isinstance(event, TokenChanged)])
            == 3
        )
