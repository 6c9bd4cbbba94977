"""Calls that come while one is under way are made together, and each has its own end."""

import asyncio
from collections.abc import Sequence

import pytest

from wxdesk.core.errors import MoveNotAllowed, StoreError
from wxdesk.store.engine.gathering import TOGETHER, Gathering


class Rounds:
    """Doubles numbers when it may; what is negative is refused, and zero fails as a database does."""

    def __init__(self) -> None:
        self.made: list[list[int]] = []
        self.may = asyncio.Event()

    async def double(self, numbers: Sequence[int]) -> list[int]:
        await self.may.wait()
        self.made.append([*numbers])
        if 0 in numbers:
            raise StoreError(reason="away")
        if min(numbers) < 0:
            raise MoveNotAllowed(state="sent", move="accept")
        return [2 * number for number in numbers]

    async def ends(self, *numbers: int) -> list[object]:
        gathering = Gathering(self.double)
        calls = [gathering.make(number) for number in numbers[:1]]
        await asyncio.sleep(0)  # the first is under way
        calls += [gathering.make(number) for number in numbers[1:]]
        self.may.set()
        return await asyncio.gather(*calls, return_exceptions=True)


async def test_waiting_calls_are_made_together() -> None:
    rounds = Rounds()
    assert await rounds.ends(1, 2, 3) == [2, 4, 6]
    assert rounds.made == [[1], [2, 3]]


async def test_no_more_calls_than_fit_are_made_together() -> None:
    rounds = Rounds()
    count = TOGETHER + 2
    assert await rounds.ends(*range(1, count + 1)) == [2 * number for number in range(1, count + 1)]
    assert [len(made) for made in rounds.made] == [1, TOGETHER, 1]


async def test_more_gather_while_it_rests_after_a_round() -> None:
    rounds, rested = Rounds(), list[float]()
    rounds.may.set()

    def rest(took: float) -> float:
        rested.append(took)
        return 0.01

    gathering = Gathering(rounds.double, rest)
    assert await gathering.make(1) == 2
    later = [gathering.make(2)]
    await asyncio.sleep(0)
    later.append(gathering.make(3))
    assert await asyncio.gather(*later) == [4, 6]
    assert rounds.made == [[1], [2, 3]]
    assert rested[0] >= 0


async def test_a_refused_call_fails_no_other_call() -> None:
    rounds = Rounds()
    *others, refused = await rounds.ends(1, 2, 3, -4)
    assert others == [2, 4, 6]
    assert isinstance(refused, MoveNotAllowed)
    assert rounds.made == [[1], [2, 3, -4], [2], [3], [-4]]


async def test_a_store_that_fails_is_not_asked_again_for_each() -> None:
    rounds = Rounds()
    first, *others = await rounds.ends(1, 2, 0)
    assert first == 2
    assert all(isinstance(one, StoreError) for one in others)
    assert rounds.made == [[1], [2, 0]]


async def test_a_call_that_nobody_awaits_any_more_is_made() -> None:
    rounds = Rounds()
    gathering = Gathering(rounds.double)
    gathering.make(1)
    gathering.make(2).cancel()
    last = gathering.make(3)
    rounds.may.set()
    assert await last == 6
    assert rounds.made == [[1, 2, 3]]


@pytest.mark.parametrize("pause", [0, 1])
async def test_gathering_goes_on_after_a_pause(pause: int) -> None:
    rounds = Rounds()
    rounds.may.set()
    gathering = Gathering(rounds.double)
    assert await gathering.make(1) == 2
    for _ in range(pause):
        await asyncio.sleep(0)
    assert await gathering.make(2) == 4


@pytest.mark.parametrize("begun", [True, False])
async def test_nobody_waits_for_ever_where_every_task_is_cancelled(begun: bool) -> None:
    rounds = Rounds()
    gathering = Gathering(rounds.double)
    calls = [gathering.make(1)]
    if begun:
        await asyncio.sleep(0)
    calls += [gathering.make(2)]
    [running] = asyncio.all_tasks() - {asyncio.current_task()}
    running.cancel()
    rounds.may.set()
    done, _ = await asyncio.wait(calls, timeout=5)
    assert len(done) == 2
    assert [call.cancelled() for call in calls] == [begun, False], "only of what was under way nobody knows"
    assert rounds.made == [[2] if begun else [1, 2]]
    assert await gathering.make(3) == 6, "what comes afterwards is made"
