"""Group commit by itself: who shares a transaction, who gets which answer, and what a failure does."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.store.chats import T0
from wxdesk.core.errors import StoreError
from wxdesk.core.model.push import Push
from wxdesk.store.messages import push_batches
from wxdesk.store.messages.push_batches import FEW, GroupCommit


def push(n: int) -> Push:
    return Push("shop", f"m:{n}", b"", None, T0, None)


class Disk:
    """Commits when it is told to, and remembers what came together."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.open = asyncio.Event()
        self.begun = asyncio.Event()
        self.failure: Exception | None = None

    async def commit(self, pushes: Sequence[Push]) -> list[int | None]:
        self.batches.append([one.key for one in pushes])
        self.begun.set()
        await self.open.wait()
        if self.failure is not None:
            raise self.failure
        return [int(one.key[2:]) for one in pushes]


async def test_pushes_gather_while_a_commit_is_under_way() -> None:
    disk = Disk()
    group = GroupCommit(disk.commit)
    first = asyncio.create_task(group.keep(push(1)))
    await disk.begun.wait()
    later = [asyncio.create_task(group.keep(push(n))) for n in (2, 3, 4)]
    await asyncio.sleep(0)
    assert not first.done()
    disk.open.set()
    assert await asyncio.gather(first, *later) == [1, 2, 3, 4]
    assert disk.batches == [["m:1"], ["m:2", "m:3", "m:4"]]


async def test_a_batch_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_batches, "BATCH", 2)
    disk = Disk()
    disk.open.set()
    group = GroupCommit(disk.commit)
    assert await asyncio.gather(*(group.keep(push(n)) for n in range(5))) == list(range(5))
    assert [len(batch) for batch in disk.batches] == [2, 2, 1]


async def crowded(group: GroupCommit, disk: Disk) -> None:
    """Four pushes that have just been answered together."""
    disk.open.set()
    await asyncio.gather(*(group.keep(push(n)) for n in range(4)))
    assert disk.batches == [["m:0", "m:1", "m:2", "m:3"]]


async def test_a_crowd_that_has_just_been_answered_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_batches, "LINGER_SECONDS", 60)
    disk = Disk()
    group = GroupCommit(disk.commit)
    await crowded(group, disk)
    first = [asyncio.create_task(group.keep(push(n))) for n in (8, 9, 10)]
    for _ in range(5):
        await asyncio.sleep(0)
    assert not any(one.done() for one in first)
    assert await asyncio.gather(*first, group.keep(push(11))) == [8, 9, 10, 11]
    assert disk.batches[1:] == [["m:8", "m:9", "m:10", "m:11"]]


async def test_a_crowd_that_does_not_come_back_is_waited_for_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_batches, "LINGER_SECONDS", 0.001)
    disk = Disk()
    group = GroupCommit(disk.commit)
    await crowded(group, disk)
    assert await group.keep(push(8)) == 8
    assert disk.batches[1:] == [["m:8"]]


async def test_few_pushes_are_committed_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_batches, "LINGER_SECONDS", 60)
    disk = Disk()
    disk.open.set()
    group = GroupCommit(disk.commit)
    async with asyncio.timeout(30):
        for n in range(3):
            assert await asyncio.gather(*(group.keep(push(10 * n + m)) for m in range(3))) == [
                10 * n + m for m in range(3)
            ]
            assert await group.keep(push(10 * n + 9)) == 10 * n + 9


async def test_after_a_commit_more_gather_while_it_rests() -> None:
    disk = Disk()
    disk.open.set()
    group = GroupCommit(disk.commit, rest=lambda _: 0.2)
    async with asyncio.timeout(30):
        assert await group.keep(push(0)) == 0, "a lone one goes at once"
        first = asyncio.create_task(group.keep(push(1)))
        await asyncio.sleep(0)
        await asyncio.gather(first, group.keep(push(2)))
    assert disk.batches == [["m:0"], ["m:1", "m:2"]]


async def test_a_rest_ends_when_many_wait() -> None:
    disk = Disk()
    disk.open.set()
    group = GroupCommit(disk.commit, rest=lambda _: 60.0)
    async with asyncio.timeout(30):
        await group.keep(push(0))
        await asyncio.gather(*(group.keep(push(n)) for n in range(1, FEW + 1)))
    assert [len(batch) for batch in disk.batches] == [1, FEW]


async def test_beyond_the_limit_a_push_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_batches, "LIMIT", 3)
    disk = Disk()
    group = GroupCommit(disk.commit)
    running = asyncio.create_task(group.keep(push(0)))
    await disk.begun.wait()
    waiting = [asyncio.create_task(group.keep(push(n))) for n in (1, 2, 3)]
    await asyncio.sleep(0)
    with pytest.raises(asyncio.QueueFull):
        await group.keep(push(4))
    disk.open.set()
    assert await asyncio.gather(running, *waiting) == [0, 1, 2, 3]
    assert await group.keep(push(5)) == 5


async def test_a_failed_commit_fails_each_of_its_callers_and_no_other() -> None:
    disk = Disk()
    disk.failure = StoreError(reason="the disk is full")
    group = GroupCommit(disk.commit)
    calls = [asyncio.create_task(group.keep(push(n))) for n in range(3)]
    await disk.begun.wait()
    disk.open.set()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [str(result) for result in results] == ["the disk is full"] * 3
    assert len({id(result) for result in results}) == 3
    disk.failure = None
    assert await group.keep(push(9)) == 9


@pytest.mark.expects_log("keeping 1 pushes failed: ZeroDivisionError")
async def test_an_unexpected_error_reaches_the_caller_too() -> None:
    disk = Disk()
    disk.failure = ZeroDivisionError("secret")
    disk.open.set()
    with pytest.raises(StoreError) as caught:
        await GroupCommit(disk.commit).keep(push(1))
    assert "secret" not in str(caught.value)


async def test_a_caller_that_gives_up_does_not_disturb_the_others() -> None:
    disk = Disk()
    group = GroupCommit(disk.commit)
    calls = [asyncio.create_task(group.keep(push(n))) for n in range(3)]
    await disk.begun.wait()
    calls[1].cancel()
    disk.open.set()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert (results[0], results[2]) == (0, 2)
    assert isinstance(results[1], asyncio.CancelledError)


async def test_closing_commits_what_waits_and_refuses_what_comes() -> None:
    disk = Disk()
    group = GroupCommit(disk.commit)
    calls = [asyncio.create_task(group.keep(push(n))) for n in range(2)]
    await disk.begun.wait()
    closing = asyncio.create_task(group.close())
    disk.open.set()
    assert await asyncio.gather(*calls) == [0, 1]
    await closing
    with pytest.raises(StoreError):
        await group.keep(push(3))


@pytest.mark.expects_log("keeping 1 pushes took longer")
async def test_each_waits_only_as_long_as_wechat_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_batches, "PATIENCE_SECONDS", 0.1)
    disk = Disk()
    group = GroupCommit(disk.commit)
    first = asyncio.create_task(group.keep(push(0)))
    await disk.begun.wait()
    later = asyncio.create_task(group.keep(push(1)))
    for call in (first, later):
        with pytest.raises(StoreError):
            await call
    disk.open.set()
    assert await group.keep(push(2)) == 2


async def test_code_that_makes_way_learns_when_no_push_waits() -> None:
    disk = Disk()
    group = GroupCommit(disk.commit)
    await group.until_idle(60)
    call = asyncio.create_task(group.keep(push(0)))
    await disk.begun.wait()
    await group.until_idle(0.01)
    assert not call.done()
    waiting = asyncio.create_task(group.until_idle(60))
    disk.open.set()
    await waiting
    assert await call == 0
