"""Two programs on one mini program through a whole day: at peace with stable tokens, told to the operator with classic.

Time is moved by hand, on both sides alike; every call goes over HTTP and is counted.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from tests.wechat.worlds import ACCOUNT, CREDENTIALS, HELLO, OPENID, Heard
from wxdesk.config.reading import WeChatSettings
from wxdesk.core.events import ApiCalled, TokenChanged, TroubleRaised
from wxdesk.sandbox.server import Sandbox
from wxdesk.wechat.client import WeChatClient

type Endpoint = Literal["stable", "classic"]

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
APART = timedelta(minutes=5)
"""Longer than a classic token outlives its successor, were it a second more; so each finds the other's token gone."""
TURNS = 24 * 60 // 5
"""Of both together: a day."""
LIFETIMES_A_DAY = 12
"""A token lasts two hours."""


class HandClock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return (self.now - START).total_seconds()


@dataclass
class Program:
    """One of the two: its client, and what it told."""

    client: WeChatClient
    heard: Heard = field(default_factory=Heard)

    def called(self, call: str) -> list[str]:
        """The outcomes of its calls of this kind."""
        return [event.outcome.split()[0] for event in self.heard.of(ApiCalled) if event.call == call]

    @property
    def token_calls(self) -> int:
        return len(self.called("stable_token")) + len(self.called("token"))


@dataclass
class Day:
    """The WeChat, the two programs and their clock."""

    wechat: Sandbox
    clock: HandClock
    programs: tuple[Program, Program]

    async def pass_by(self, incidents: Mapping[int, Callable[[str], None]] | None = None) -> None:
        """Both answer a customer in turn all day long; `incidents` befall the tokens before the turn of that number."""
        for turn in range(TURNS):
            if incidents and turn in incidents:
                incidents[turn](ACCOUNT.app_id)
            await self.wechat.say(OPENID, "在吗")
            await self.programs[turn % 2].client.send(ACCOUNT, OPENID, HELLO)
            self.clock.now += APART
        assert len(self.wechat.sent) == TURNS  # nothing was lost and nothing came twice


@asynccontextmanager
async def day(*endpoints: Endpoint) -> AsyncIterator[Day]:
    clock = HandClock()
    wechat = Sandbox(clock=clock)
    async with AsyncExitStack() as stack:
        await wechat.start()
        stack.push_async_callback(wechat.stop)
        programs = []
        for endpoint in endpoints:
            heard = Heard()
            credentials = {ACCOUNT.name: CREDENTIALS}
            client = WeChatClient(
                WeChatSettings(wechat.url, token_endpoint=endpoint),
                credentials,
                heard,
                clock,
                monotonic=clock.monotonic,
            )
            stack.push_async_callback(client.close)
            programs.append(Program(client, heard))
        yield Day(wechat, clock, (programs[0], programs[1]))


async def test_stable_tokens_are_shared_in_peace() -> None:
    async with day("stable", "stable") as today:
        await today.pass_by()
    for program in today.programs:
        assert set(program.called("custom/send")) == {"0"}  # never a token that the other had taken away
        assert LIFETIMES_A_DAY <= program.token_calls <= LIFETIMES_A_DAY + 2
        assert program.heard.of(TroubleRaised) == []
    assert {event.error for program in today.programs for event in program.heard.of(TokenChanged)} == {""}


@pytest.mark.parametrize(
    ("incident", "codes"),
    # Whoever finds out second has an expired token that already has a successor, which is 40001 to WeChat.
    [("expire", {"42001", "40001"}), ("revoke", {"40001"})],
)
async def test_stable_tokens_survive_what_befalls_them(incident: str, codes: set[str]) -> None:
    async with day("stable", "stable") as today:
        befall = getattr(today.wechat.platform.tokens, incident)
        await today.pass_by({50: befall, 131: befall, 210: befall})
    for program in today.programs:
        refused = [outcome for outcome in program.called("custom/send") if outcome != "0"]
        assert len(refused) == 3  # each finds out once an incident, asks once more, and goes on
        assert set(refused) <= codes
        assert program.heard.of(TroubleRaised) == []
        assert program.token_calls <= LIFETIMES_A_DAY + 2 + 3


async def test_a_program_on_the_classic_endpoint_does_not_disturb_a_desk_on_the_stable_one() -> None:
    async with day("stable", "classic") as today:
        await today.pass_by()
    for program in today.programs:
        assert set(program.called("custom/send")) == {"0"}
        assert program.heard.of(TroubleRaised) == []


async def test_classic_tokens_are_taken_away_and_the_operator_hears_of_it_once() -> None:
    async with day("classic", "classic") as today:
        await today.pass_by()
    for program in today.programs:
        sends = program.called("custom/send")
        assert sends.count("0") == TURNS / 2  # every message got through all the same
        refused = sends.count("40001")
        assert refused > 0.9 * TURNS / 2
        assert program.token_calls == refused + 1  # one renewal for one refusal, and none beside
        (trouble,) = program.heard.of(TroubleRaised)
        assert trouble.key == "token:shop"
        before = program.heard.events[: program.heard.events.index(trouble)]
        assert sum(isinstance(event, TokenChanged) for event in before) == 3
