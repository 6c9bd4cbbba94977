"""Another program holds the database, or another desk wants it: who waits is answered in time, and nothing is lost."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import pytest

from tests.campaign.disk.at_work import read_confirmed
from tests.campaign.disk.children import Nursery
from tests.campaign.disk.verdict import Found
from tests.conftest import Sized
from tests.flow.conftest import setup_for
from tests.flow.serving import write_config
from wxdesk.app import open_desk
from wxdesk.sandbox.push.pusher import PushOutcome
from wxdesk.sandbox.server import Sandbox

IN_TIME = 4.8
"""Seconds; WeChat hangs up after 5."""

LOCK = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1], isolation_level=None) as db:
    db.execute("BEGIN EXCLUSIVE")
    print("locked", flush=True)
    sys.stdin.read()
    db.execute("ROLLBACK")
"""


@asynccontextmanager
async def foreign_lock(file: Path) -> AsyncIterator[None]:
    """Another program holds the database meanwhile."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", LOCK, str(file), stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    assert await process.stdout.readline() == b"locked\n"
    try:
        yield
    finally:
        process.stdin.close()
        await process.wait()


SECONDS = ((0.3,), (1.0, 5.0), (1.0, 4.0, 5.0, 30.0))
"""How long the foreign locks last in each size of the campaign."""

TOLD = "code 5|longer than|could not be kept|waits for the store|Attempts are not kept"


@dataclass
class Pushing:
    """Customers who write, and what was acknowledged to them."""

    sandbox: Sandbox
    kept: list[str] = field(default_factory=list)
    written: int = 0

    async def says(self) -> PushOutcome:
        self.written += 1
        text = f"text {self.written}"
        outcome = await self.sandbox.say(f"oLOCK{self.written % 5}", text)
        if outcome.accepted:
            self.kept.append(text)
        return outcome

    async def go_on(self, seconds: float) -> list[PushOutcome]:
        """Write so long, five times a second: the sandbox has 64 connections, and each try may take four."""
        began, pushes = monotonic(), list[asyncio.Task[PushOutcome]]()
        while (left := seconds - (monotonic() - began)) > 0:
            pushes.append(asyncio.create_task(self.says()))
            await asyncio.wait(pushes, timeout=min(0.2, left), return_when=asyncio.ALL_COMPLETED)
        return [await push for push in pushes]


@pytest.mark.campaign
@pytest.mark.timeout(300)
@pytest.mark.expects_log(TOLD)
async def test_a_foreign_lock(sandbox: Sandbox, tmp_path: Path, sized: Sized) -> None:
    """Below four seconds the answer is late, beyond it is an error; afterwards all goes on at once."""
    opened = await open_desk(setup_for(sandbox, tmp_path))
    sandbox.set_push_url(f"{opened.url}/wx/shop")
    pushing = Pushing(sandbox)
    try:
        for seconds in SECONDS[sized(0, 1, 2)]:
            async with foreign_lock(tmp_path / "desk.db"):
                held = asyncio.create_task(pushing.go_on(seconds))
                await asyncio.wait({held}, timeout=seconds)
            attempts = [attempt for outcome in await held for attempt in outcome.attempts]
            assert {attempt.status for attempt in attempts} <= ({200} if seconds < 4 else {200, 503})
            assert max(attempt.milliseconds for attempt in attempts) < IN_TIME * 1000
            began = monotonic()
            assert (await pushing.says()).accepted
            assert monotonic() - began < 2
    finally:
        await opened.stop()
    with closing(sqlite3.connect(tmp_path / "desk.db")) as db:
        pushes = Found(db).pushes
    assert set(pushes) >= set(pushing.kept)
    assert set(pushes.values()) == {1}


@pytest.mark.campaign
@pytest.mark.timeout(300)
async def test_a_second_desk_is_refused(sandbox: Sandbox, nursery: Nursery, tmp_path: Path, sized: Sized) -> None:
    home = tmp_path / "home"
    opened = await open_desk(setup_for(sandbox, home))
    write_config(home, sandbox.url)
    tries = sized(2, 10, 100)
    try:
        for _ in range(tries):
            assert await asyncio.to_thread(nursery.live, "tests.campaign.disk.one_act.start_once", folder=home) == 0
    finally:
        await opened.stop()
    said = read_confirmed(home)
    assert len(said) == tries
    assert all(kind == "refused" and "Another wxdesk" in text for kind, text, *_ in said), said[:2]
