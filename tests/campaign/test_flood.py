"""A flood is kept, answered in time and bounded in memory; what waits from it keeps no start waiting."""

import asyncio
import statistics
import sys
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from time import perf_counter

import pytest

from tests.bench.load import Load
from tests.bench.outbox import processor_seconds
from tests.conftest import Sized
from tests.desk.intake_room import written
from tests.flow.conftest import setup_for
from tests.flow.serving import Serving, write_config
from tests.prepared import SQLITE, prepare
from wxdesk.app import open_desk
from wxdesk.core.events import DecisionMade, Event
from wxdesk.core.model.account import PushMode
from wxdesk.sandbox.server import Sandbox
from wxdesk.store import open_store

CONNECTIONS = 50
WECHAT_WAITS = 5.0
MOST_GROWTH = 60 * 2**20
MORE_WORK = 0.5
NOBODY = "http://127.0.0.1:9"


class Flood:
    """Genuine pushes at a steady rate over kept connections; WeChat waits for each answer."""

    def __init__(self, url: str, rate: float, seconds: float) -> None:
        self._load = Load(url, 1)
        self._rate = rate
        self._each = round(rate * seconds / CONNECTIONS)
        self.took: list[float] = []

    async def run(self) -> None:
        """Write all of them; each must be acknowledged at the first try."""
        await asyncio.gather(*(self._write(number) for number in range(CONNECTIONS)))

    async def _write(self, number: int) -> None:
        reader, writer = await asyncio.open_connection(self._load.host, self._load.port)
        begin = perf_counter() + number / self._rate
        for n in range(self._each):
            await asyncio.sleep(begin + n * CONNECTIONS / self._rate - perf_counter())
            began = perf_counter()
            writer.write(self._load.request())
            async with asyncio.timeout(WECHAT_WAITS):
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
                assert await reader.readexactly(len(b"success")) == b"success"
            self.took.append(perf_counter() - began)
        writer.close()


def memory_of(pid: int) -> int:
    """Bytes that a process holds; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    lines = dict(line.split(":", 1) for line in status.read_text(encoding="ascii").splitlines())
    return int(lines["VmRSS"].split()[0]) * 1024


def counts(home: Path) -> tuple[int, int, int]:
    """Pushes, messages, and messages that are decided, as they stand on the disk."""
    with closing(connect(f"file:{home / 'desk.db'}?mode=ro", uri=True)) as db:
        (pushes,) = db.execute("select count(*) from raw_pushes").fetchone()
        return pushes, *db.execute("select count(*), count(distinct message_id) from decisions").fetchone()


def told(what: str, took: list[float]) -> None:
    p50, p99, most = statistics.median(took), statistics.quantiles(took, n=100)[98], max(took)
    print(f"{what}: p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, max {most * 1000:.0f} ms")


@pytest.mark.campaign
@pytest.mark.timeout(600)
async def test_a_flood_is_kept_answered_and_bounded_in_memory(tmp_path: Path, sandbox: Sandbox, sized: Sized) -> None:
    rate, seconds = sized(200, 1000, 1000), sized(1, 5, 60)
    prepare(tmp_path)
    write_config(tmp_path, NOBODY, PushMode.PLAIN)
    desk = await asyncio.to_thread(Serving, tmp_path)
    try:
        flood = Flood(await asyncio.to_thread(desk.wait_until_listening), rate, seconds)
        before = memory_of(desk.process.pid)
        await flood.run()
        grown = memory_of(desk.process.pid) - before
    finally:
        assert await asyncio.to_thread(desk.terminate) == 0
    pushes, decisions, decided = counts(tmp_path)
    told(f"{pushes} pushes at {rate}/s, {decided} decided meanwhile, memory +{grown / 2**20:.0f} MiB", flood.took)
    assert pushes == len(flood.took) == rate * seconds
    assert decisions == decided
    assert grown < MOST_GROWTH
    await think(sandbox, tmp_path, pushes - decided)
    assert counts(tmp_path) == (pushes, pushes, pushes)


async def think(sandbox: Sandbox, home: Path, left: int) -> None:
    """Let a desk decide on what is left."""
    opened = await open_desk(setup_for(sandbox, home, push_mode=PushMode.PLAIN))
    done = asyncio.Event()

    def hear(_: Event) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            done.set()

    opened.desk.bus.subscribe(hear, DecisionMade)
    if left:
        await done.wait()
    await opened.stop()


@pytest.mark.campaign
@pytest.mark.timeout(600)
async def test_a_start_does_not_wait_for_the_backlog(tmp_path: Path, sized: Sized) -> None:
    """It listens as soon as on an empty folder, and answers while it reads."""
    waiting = sized(1_000, 20_000, 200_000)
    prepare(tmp_path)
    store = await open_store(SQLITE, tmp_path)
    for begin in range(0, waiting, 1000):
        await asyncio.gather(*(store.pushes.keep(written(n)) for n in range(begin, begin + 1000)))
    await store.close()
    write_config(tmp_path, NOBODY, PushMode.PLAIN)
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    prepare(nothing)
    write_config(nothing, NOBODY, PushMode.PLAIN)
    desk, _, usual = await asyncio.to_thread(started, nothing)
    desk.terminate()
    desk, took, work = await asyncio.to_thread(started, tmp_path)
    try:
        flood = Flood(desk.url, 100, 2)
        await flood.run()
    finally:
        desk.terminate()
    told(f"listening after {took:.1f} s, {work:.1f} of work, with {waiting} waiting; pushes beside it", flood.took)
    assert work < usual + MORE_WORK


def started(home: Path) -> tuple[Serving, float, float]:
    """Start a desk; return the seconds until it listens, and those of a processor's work."""
    began = perf_counter()
    desk = Serving(home)
    desk.wait_until_listening()
    took = perf_counter() - began
    return desk, took, processor_seconds(desk.process.pid) if sys.platform == "linux" else took
