"""Several servers on one database: killed, frozen and cut off in turn, they lose nothing and say nothing twice.

Each push goes to one server, and to the other if that does not acknowledge it, as a balancer and WeChat's own tries
would do. The judge is not ours: what was acknowledged is what the test's client saw, what was sent is what the
simulated WeChat accepted, what was kept is asked of the database by psql.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from tests.campaign import quick_server
from tests.conftest import Sized
from tests.flow.serving import Serving, run, write_config
from tests.postgresql import Postgres
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.model.push import BodyFormat
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.sandbox.platform.program import MiniProgram
from wxdesk.sandbox.push.encoding import sign
from wxdesk.sandbox.server import Sandbox
from wxdesk.store.engine.lease import LEASE_SECONDS

pytestmark = [pytest.mark.campaign, pytest.mark.postgres, pytest.mark.timeout(900)]

FAULTS = (2, 12, 100)
"""How many times a server is harmed, in each size of the campaign."""

ECHO = '[[rules]]\nname = "echo"\ndefault = true\nthen = [{ reply = "{{ message.text }}" }]\n'
TAKEN_OVER_IN = 10.0
"""Seconds within which another server works, as is promised of a machine at rest."""
PATIENCE = 60.0
"""Seconds until a server that is only slow counts as stuck."""

WORKS = "SELECT application_name FROM pg_stat_activity WHERE query LIKE '%WITH renewed%' AND pid <> pg_backend_pid()"
"""Asks the database who renews the lease."""

CUT_OFF = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'server {}'"

type Harm = str
HARMS: tuple[Harm, ...] = ("freeze", "kill", "cut off")


@dataclass
class Team:
    """Two servers on one database, and who writes to them."""

    postgres: Postgres
    url: str
    folder: Path
    sandbox: Sandbox
    quick: bool
    servers: list[Serving] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def lease_seconds(self) -> float:
        return quick_server.LEASE_SECONDS if self.quick else LEASE_SECONDS

    def home(self, number: int) -> Path:
        home = self.folder / str(number)
        home.mkdir(exist_ok=True)
        write_config(home, self.sandbox.url, PushMode.PLAIN)
        # A name of its own tells the database's administrator, and this test, which server a connection belongs to.
        store = f'[store]\nurl = "{self.url}"\n'
        (home / "config.toml").write_text(store + (home / "config.toml").read_text(encoding="utf-8"), encoding="utf-8")
        return home

    async def start(self, number: int) -> Serving:
        module = "tests.campaign.quick_server" if self.quick else "wxdesk"
        serving = await asyncio.to_thread(Serving, self.home(number), module=module, PGAPPNAME=f"server {number}")
        await asyncio.to_thread(serving.wait_until_listening)
        return serving

    async def push(self, session: aiohttp.ClientSession, first: int) -> str:
        """Let a new customer write; the text is a number that is the reply as well."""
        text = f"n{next(self.numbers)}"
        for server in (self.servers[first], self.servers[1 - first], self.servers[first]):
            if await self._taken(session, server, text):
                self.acknowledged.add(text)
                break
        return text

    async def _taken(self, session: aiohttp.ClientSession, server: Serving, text: str) -> bool:
        account, credentials = demo_account()
        program = MiniProgram(
            Account(account.name, account.app_id, account.original_id, PushMode.PLAIN), credentials, BodyFormat.JSON
        )
        openid, now = f"oTEAM{text:0>23}", int(time.time())
        self.sandbox.platform.wrote(program, openid)
        fields: dict[str, str | int] = {
            "ToUserName": account.original_id,
            "FromUserName": openid,
            "CreateTime": now,
            "MsgType": "text",
            "Content": text,
            "MsgId": str(8_000_000_000_000_000_000 + int(text[1:])),
        }
        query, body = sign(program, openid, fields, str(now), text)
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, ConnectionError):
            async with session.post(f"{server.url}/wx/shop", params=query, data=body) as response:
                return response.status == 200 and await response.read() == b"success"
        return False

    def ask(self, sql: str) -> list[list[str]]:
        """Ask the database with its own client."""
        psql = [str(self.postgres.server.bin_path / "psql"), "-qXAt", "-v", "ON_ERROR_STOP=1", "-F", "\t", self.url]
        answer = subprocess.run(psql, input=sql, text=True, capture_output=True, check=True).stdout
        return [line.split("\t") for line in answer.splitlines()]

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Let customers write all the time."""

        async def write(chance: random.Random) -> None:
            timeout = aiohttp.ClientTimeout(total=3)
            async with aiohttp.ClientSession(timeout=timeout) as session:
                while True:
                    await self.push(session, chance.randrange(2))
                    await asyncio.sleep(chance.uniform(0, 0.1))

        writers = [asyncio.create_task(write(random.Random(number))) for number in range(4)]
        try:
            yield
        finally:
            for writer in writers:
                writer.cancel()
            await asyncio.gather(*writers, return_exceptions=True)

    async def answered_within(self, seconds: float) -> None:
        """Write one more, and wait for its reply."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3)) as session:
            seen, text = len(self.sandbox.sent), await self.push(session, 0)
        openid = f"oTEAM{text:0>23}"
        async with asyncio.timeout(seconds):
            while (await self.sandbox.wait_for_reply(openid, seen)).text != text:
                seen += 1


@pytest.fixture
async def team(postgres: Postgres, tmp_path: Path, sandbox: Sandbox, sized: Sized) -> AsyncIterator[Team]:
    """Their leases are those of the program in the full campaign only."""
    made = Team(postgres, postgres.fresh(), tmp_path, sandbox, quick=sized(True, True, False))
    (tmp_path / "rules.toml").write_text(ECHO, encoding="utf-8")
    imported = await asyncio.to_thread(run, made.home(0), "rules", "import", str(tmp_path / "rules.toml"))
    assert imported.returncode == 0, imported.stderr
    made.servers = [await made.start(0), await made.start(1)]
    yield made
    for serving in made.servers:
        if serving.process.poll() is None:
            os.kill(serving.process.pid, signal.SIGCONT)
            await asyncio.to_thread(serving.terminate)


async def harm(team: Team, number: int, how: Harm) -> None:
    """Harm a server until another one has had the time to take over, and mend it."""
    serving = team.servers[number]
    if how == "kill":
        await asyncio.to_thread(serving.kill)
        team.servers[number] = await team.start(number)
    elif how == "freeze":
        os.kill(serving.process.pid, signal.SIGSTOP)
        await asyncio.sleep(team.lease_seconds + 1)
        os.kill(serving.process.pid, signal.SIGCONT)
    else:
        ends = asyncio.get_running_loop().time() + team.lease_seconds + 1
        while asyncio.get_running_loop().time() < ends:
            await asyncio.to_thread(team.ask, CUT_OFF.format(number))
            await asyncio.sleep(0.05)


async def test_whatever_happens_to_servers_each_customer_gets_one_answer(team: Team, sized: Sized) -> None:
    chance = random.Random(20261128)
    await team.answered_within(PATIENCE)
    async with team.writing():
        for turn in range(sized(*FAULTS)):
            works = team.ask(WORKS)[:1] or [["server 0"]]
            number = chance.choice((int(works[0][0][-1]), chance.randrange(2)))  # rather the one that works
            await harm(team, number, HARMS[turn % len(HARMS)])
    await team.answered_within(sized(PATIENCE, PATIENCE, TAKEN_OVER_IN))
    await nothing_waits(team)
    audit(team)
    for serving in team.servers:
        assert await asyncio.to_thread(serving.terminate) == 0


async def nothing_waits(team: Team) -> None:
    """What is queued or under way gets its end within the time that a server needs to take over."""
    waiting = "SELECT count(*) FROM replies WHERE state IN ('queued', 'sending')"
    async with asyncio.timeout(PATIENCE):
        while await asyncio.to_thread(team.ask, waiting) != [["0"]]:  # noqa: ASYNC110 - psql tells nobody
            await asyncio.sleep(0.2)


def audit(team: Team) -> None:
    texts = Counter(text for (text,) in team.ask("SELECT text FROM messages"))
    states = {json.loads(content)["text"]: state for content, state in team.ask("SELECT content, state FROM replies")}
    made = Counter(json.loads(content)["text"] for (content,) in team.ask("SELECT content FROM replies"))
    sent = Counter(one.text for one in team.sandbox.sent)
    assert team.acknowledged - set(texts) == set(), "acknowledged and lost"
    assert [text for text, count in texts.items() if count > 1] == [], "kept twice"
    assert [text for text, count in made.items() if count > 1] == [], "decided twice"
    assert [text for text, count in sent.items() if count > 1] == [], "said twice"
    assert [text for text, state in states.items() if state == "sent" and text not in sent] == []
    assert team.acknowledged - set(states) == set(), "not answered"
    print(f"{len(team.acknowledged)} acknowledged, {len(sent)} sent, {Counter(states.values())}")
