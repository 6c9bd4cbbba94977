"""One fetch for all who wait, renewal before the end, and whose token is dropped."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from tests.wechat.worlds import ACCOUNT, Heard
from wxdesk.computer.clock import seconds_elapsed
from wxdesk.core.errors import NotSent, Refused
from wxdesk.core.events import TokenChanged, TroubleRaised
from wxdesk.core.model.account import Account
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.runtime import timers as sleeping
from wxdesk.i18n import tr
from wxdesk.wechat.access_token import SUSPICIOUS, AccessTokens, TokenGrant

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


class World:
    """A clock that is moved by hand and an endpoint that counts."""

    def __init__(self, seconds: float = 7200) -> None:
        self.elapsed = 0.0
        self.asleep = 0.0
        self.seconds = seconds
        self.asked = 0
        self.failure: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.heard = Heard()

    def monotonic(self) -> float:
        return self.elapsed

    def clock(self) -> datetime:
        return START + timedelta(seconds=self.elapsed + self.asleep)

    async def fetch(self, account: Account) -> TokenGrant:
        self.asked += 1
        number = self.asked
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        return TokenGrant(f"{account.name}-{number}", self.seconds)

    def tokens(self, margin: float = 120) -> AccessTokens:
        return AccessTokens(self.fetch, self.heard, self.clock, margin, self.monotonic)


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks at its clock more often than outside of tests."""
    monkeypatch.setattr(sleeping, "TICK_SECONDS", 0.001)


@pytest.fixture
def world() -> World:
    return World()


@asynccontextmanager
async def renewing(tokens: AccessTokens) -> AsyncIterator[None]:
    running = asyncio.create_task(tokens.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await tokens.close()


async def test_a_token_is_kept_until_its_margin(world: World) -> None:
    tokens = world.tokens(margin=120)
    assert await tokens.get(ACCOUNT) == "shop-1"
    world.elapsed = 7079
    assert await tokens.get(ACCOUNT) == "shop-1"
    world.elapsed = 7080
    assert await tokens.get(ACCOUNT) == "shop-2"
    assert [event.expires_at for event in world.heard.of(TokenChanged)] == [
        START + timedelta(seconds=7200),
        START + timedelta(seconds=7080 + 7200),
    ]


@pytest.mark.parametrize(("seconds", "renewed_after"), [(300, 225), (310, 232.5), (60, 45)])
async def test_a_short_token_does_not_make_a_loop(world: World, seconds: float, renewed_after: float) -> None:
    world.seconds = seconds
    tokens = world.tokens(margin=300)
    await tokens.get(ACCOUNT)
    world.elapsed = renewed_after - 0.1
    assert await tokens.get(ACCOUNT) == "shop-1"
    world.elapsed = renewed_after
    assert await tokens.get(ACCOUNT) == "shop-2"


async def test_all_who_wait_share_one_fetch(world: World) -> None:
    tokens = world.tokens()
    world.gate.clear()
    waiting = [asyncio.create_task(tokens.get(ACCOUNT)) for _ in range(50)]
    await asyncio.sleep(0)
    world.gate.set()
    assert set(await asyncio.gather(*waiting)) == {"shop-1"}
    assert world.asked == 1


async def test_a_waiter_that_gives_up_does_not_end_the_fetch(world: World) -> None:
    tokens = world.tokens()
    world.gate.clear()
    first, second = asyncio.create_task(tokens.get(ACCOUNT)), asyncio.create_task(tokens.get(ACCOUNT))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    world.gate.set()
    assert await second == "shop-1"
    assert first.cancelled()
    assert world.asked == 1


async def test_all_who_wait_hear_of_the_failure_and_the_next_one_tries_again(world: World) -> None:
    tokens = world.tokens()
    world.failure = Refused(40125, "invalid appsecret")
    answers = await asyncio.gather(*(tokens.get(ACCOUNT) for _ in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Refused] * 3
    assert world.asked == 1
    world.failure = None
    assert await tokens.get(ACCOUNT) == "shop-2"


async def test_only_the_refused_token_is_dropped(world: World) -> None:
    tokens = world.tokens()
    old = await tokens.get(ACCOUNT)
    tokens.invalidate(ACCOUNT, old)
    new = await tokens.get(ACCOUNT)
    tokens.invalidate(ACCOUNT, old)
    assert await tokens.get(ACCOUNT) == new == "shop-2"
    assert tokens.seconds_left(ACCOUNT) == 7200


async def test_a_token_in_its_last_minutes_serves_while_no_new_one_comes(world: World) -> None:
    tokens = world.tokens(margin=120)
    await tokens.get(ACCOUNT)
    world.failure = NotSent("WeChat cannot be reached")
    world.elapsed = 7100
    assert await tokens.get(ACCOUNT) == "shop-1"
    world.elapsed = 7200
    with pytest.raises(NotSent):
        await tokens.get(ACCOUNT)


@pytest.mark.parametrize("failure", [NotSent("WeChat cannot be reached"), Refused(-1, "system error")])
async def test_no_new_token_does_not_make_the_held_one_missing(world: World, failure: Exception) -> None:
    tokens = world.tokens(margin=120)
    await tokens.get(ACCOUNT)
    world.failure, world.elapsed = failure, 7080
    assert await tokens.get(ACCOUNT) == "shop-1"
    ends = START + timedelta(seconds=7200)
    assert [event.expires_at for event in world.heard.of(TokenChanged)] == [ends, ends]
    assert world.heard.of(TokenChanged)[1].error
    world.elapsed = 7199
    assert await tokens.get(ACCOUNT) == "shop-1"
    async with renewing(tokens):
        world.elapsed = 7200  # whoever needs none hears of its end all the same
        *_, ended = await world.heard.wait_for(TokenChanged, 4)
    assert ended.expires_at is None


async def test_accounts_have_tokens_of_their_own(world: World) -> None:
    tokens = world.tokens()
    other = Account("other", "wx1", "gh_1")
    assert [await tokens.get(ACCOUNT), await tokens.get(other)] == ["shop-1", "other-2"]


async def test_a_token_is_renewed_before_it_is_asked_for() -> None:
    world = World(seconds=0.04)
    loop = asyncio.get_running_loop()
    tokens = AccessTokens(world.fetch, world.heard, world.clock, 0.02, loop.time)
    async with renewing(tokens):
        await tokens.get(ACCOUNT)
        await world.heard.wait_for(TokenChanged, 3)
    assert world.asked >= 3


async def test_nothing_is_fetched_for_accounts_that_nobody_asked_for(world: World) -> None:
    async with renewing(world.tokens()):
        for _ in range(5):
            await asyncio.sleep(0)
    assert world.asked == 0


async def test_a_taken_token_is_reported_the_third_time(world: World) -> None:
    tokens = world.tokens()
    for count in range(1, 4):
        tokens.invalidate(ACCOUNT, await tokens.get(ACCOUNT), taken=True)
        assert len(world.heard.of(TroubleRaised)) == (1 if count == 3 else 0)
    (trouble,) = world.heard.of(TroubleRaised)
    assert trouble.key == "token:shop"
    assert "fetches tokens for shop." in str(trouble.text)


async def test_only_a_token_that_lives_its_time_clears_the_others_of_suspicion(world: World) -> None:
    def told() -> list[bool]:
        return [one.text != "" for one in world.heard.of(TroubleRaised) if one.key == TroubleArea.TOKEN.key("shop")]

    tokens = world.tokens(margin=120)
    for _ in range(SUSPICIOUS):
        tokens.invalidate(ACCOUNT, await tokens.get(ACCOUNT), taken=True)
    world.failure = NotSent("WeChat cannot be reached")
    with pytest.raises(NotSent):
        await tokens.get(ACCOUNT)
    async with renewing(tokens):
        world.elapsed += 60  # asked again because that failed, not because a token had come to its end
        await world.heard.wait_for(TokenChanged, SUSPICIOUS + 2)
        world.failure = None
        world.elapsed += 60
        await world.heard.wait_for(TokenChanged, SUSPICIOUS + 3)
        assert told() == [True]
        world.elapsed += 7080
        await world.heard.wait_for(TokenChanged, SUSPICIOUS + 4)
    assert told() == [True, False]


async def test_a_token_that_outlived_a_sleep_was_taken_by_nobody(world: World) -> None:
    tokens = world.tokens()
    for _ in range(SUSPICIOUS):
        token = await tokens.get(ACCOUNT)
        world.asleep += 7200
        tokens.invalidate(ACCOUNT, token, taken=True)
    assert world.heard.of(TroubleRaised) == []


async def test_a_token_is_renewed_soon_after_a_sleep(world: World) -> None:
    tokens = world.tokens(margin=120)
    async with renewing(tokens):
        await tokens.get(ACCOUNT)
        await asyncio.sleep(0)  # it waits for two hours now, by a timer that a sleep would stop
        world.elapsed = 7080
        await world.heard.wait_for(TokenChanged, 2)


@pytest.mark.skipif(sys.platform != "linux", reason="the clock that counts a sleep has another name there")
def test_elapsed_seconds_count_the_machines_sleep() -> None:
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    elapsed = seconds_elapsed()
    assert before <= elapsed <= time.clock_gettime(time.CLOCK_BOOTTIME)


async def test_a_token_that_ran_out_is_nobodys_fault(world: World) -> None:
    tokens = world.tokens()
    for _ in range(5):
        tokens.invalidate(ACCOUNT, await tokens.get(ACCOUNT))
    assert world.heard.of(TroubleRaised) == []


async def test_closing_ends_a_fetch_that_is_under_way(world: World) -> None:
    tokens = world.tokens()
    world.gate.clear()
    waiting = asyncio.create_task(tokens.get(ACCOUNT))
    await asyncio.sleep(0)
    await tokens.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_refused_token_is_asked_for_again_later_and_later_or_when_somebody_says_so(world: World) -> None:
    world.failure = Refused(40164, "invalid ip 10.0.0.1, not in whitelist")
    tokens = world.tokens()
    waits = []
    for _ in range(6):
        with pytest.raises(Refused):
            await tokens.get(ACCOUNT)
        waits.append(tokens._renewals[ACCOUNT.name][1] - world.elapsed)
    assert waits == [60, 120, 240, 480, 900, 900]
    async with renewing(tokens):
        world.failure = None
        asked = world.asked
        tokens.try_now("somebody else")
        tokens.try_now(ACCOUNT.name)
        *_, renewed = await world.heard.wait_for(TokenChanged, 7)
    assert (renewed.error, world.asked) == ("", asked + 1)
    troubles = world.heard.of(TroubleRaised)
    assert [trouble.text != "" for trouble in troubles] == [True, False]
    assert {trouble.key for trouble in troubles} == {"account:shop"}


async def test_a_wechat_that_is_not_reached_twice_is_told_until_there_is_a_token(world: World) -> None:
    """Where no reply leaves by itself, nothing else would say it."""
    world.failure = NotSent("WeChat cannot be reached")
    tokens = world.tokens()
    for told in (0, 1):
        with pytest.raises(NotSent):
            await tokens.get(ACCOUNT)
        assert len(world.heard.of(TroubleRaised)) == told, "a network may fail for a moment"
    world.failure = None
    await tokens.get(ACCOUNT)
    begun, ended = world.heard.of(TroubleRaised)
    assert (begun.key, tr(begun.text)) == ("account:shop", "No access_token for shop: WeChat cannot be reached")
    assert (ended.key, ended.text) == (begun.key, "")


async def test_one_failure_ends_no_trouble_that_others_tell_of_the_account(world: World) -> None:
    """Such as that WeChat refuses its replies."""
    world.failure = NotSent("WeChat cannot be reached")
    tokens = world.tokens()
    with pytest.raises(NotSent):
        await tokens.get(ACCOUNT)
    world.failure = None
    await tokens.get(ACCOUNT)
    assert world.heard.of(TroubleRaised) == []
