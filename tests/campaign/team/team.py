"""Servers and desks on one PostgreSQL, each a process with a wrong clock, and the customers who write to them.

The judge is not ours: what was acknowledged is what the test's client saw, what was sent is what the simulated WeChat
accepted, what was kept is asked of the database by psql, and a trigger of the test's tells who wrote under which lease.
"""

import asyncio
import contextlib
import itertools
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.campaign.team.machine import AHEAD, LEASE
from tests.flow.serving import Serving, environment, run, write_config
from tests.postgresql import Postgres
from tests.way_to_server import WayThere
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.model.push import BodyFormat
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.sandbox.platform.program import MiniProgram
from wxdesk.sandbox.push.encoding import sign
from wxdesk.sandbox.server import Sandbox

ECHO = '[[rules]]\nname = "echo"\ndefault = true\nthen = [{ reply = "{{ message.text }}" }]\n'

CLOCKS = (600, -600, 0, 300, -300)
"""Seconds by which the machines' clocks are ahead, the servers' first."""

PATIENCE = 60.0
"""Seconds until something that is only slow counts as stuck."""

UNANSWERED = 3.0
"""Seconds after which a customer writes again although no answer came; that may be unknown for ever."""

PAGE = 100
"""Conversations that every desk shows: first those who need somebody, then the newest."""

WITNESS = """
CREATE TABLE witness (who text, epoch bigint, table_name text);
CREATE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO witness
    SELECT current_setting('application_name'), (SELECT epoch FROM leases WHERE name = 'work'), TG_TABLE_NAME;
    RETURN NULL;
END $$;
"""
WATCHED = ("messages", "decisions", "replies", "relayed_events")
"""Tables that only the server that works writes."""

UNDER_WAY = """
SELECT (SELECT count(*) FROM raw_pushes WHERE NOT derived) + (SELECT count(*) FROM messages WHERE NOT decided)
    + (SELECT count(*) FROM replies WHERE state IN ('queued', 'sending'))
"""
STORED = """
SELECT id, preview, unread,
    (SELECT state FROM replies WHERE conversation_id = conversations.id ORDER BY id DESC LIMIT 1)
FROM conversations ORDER BY last_at DESC, id DESC
"""
TIMES = """
SELECT min(at), max(at) FROM (
    SELECT received_at AS at FROM messages UNION ALL SELECT decided_at FROM decisions
    UNION ALL SELECT at FROM relayed_events UNION ALL SELECT sent_at FROM replies WHERE sent_at IS NOT NULL
) AS times
"""
"""Times in microseconds, as the machines wrote them."""


class FollowingDesk:
    """A desk as a process, which is asked what it shows."""

    def __init__(self, home: Path, url: str, **more: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.campaign.team.desk", str(home), url],
            env=environment(**more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def read(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    async def ask(self, word: str) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return await asyncio.to_thread(self.read)

    def end(self) -> int:
        """Close its input, by which it stops; its exit code."""
        with self.process:
            assert self.process.stdin is not None
            self.process.stdin.close()
            return self.process.wait(20)


@dataclass
class Team:
    """Who works on the database, and who writes to them; `lease` makes the servers' leases so short."""

    postgres: Postgres
    url: str
    folder: Path
    sandbox: Sandbox
    session: aiohttp.ClientSession
    lease: float | None
    ways: list[WayThere] = field(default_factory=list)
    servers: list[Serving] = field(default_factory=list)
    desks: list[FollowingDesk] = field(default_factory=list)
    pushed_at: dict[str, float] = field(default_factory=dict)
    """When the acknowledged texts were pushed, by the clock that all processes have in common."""
    began: float = field(default_factory=time.time)
    followed_from: float = 0.0
    """When all desks followed."""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # -- machines

    def home(self, number: int) -> Path:
        home = self.folder / f"server{number}"
        home.mkdir(exist_ok=True)
        write_config(home, self.sandbox.url, PushMode.PLAIN)
        url = self.ways[number].url if self.ways else self.url
        text = (home / "config.toml").read_text(encoding="utf-8")
        (home / "config.toml").write_text(f'[store]\nurl = "{url}"\n{text}', encoding="utf-8")
        return home

    async def serve(self, number: int) -> Serving:
        """Start a server."""
        more = self._environment(f"server {number}", CLOCKS[number])
        module = "tests.campaign.team.machine"
        serving = await asyncio.to_thread(Serving, self.home(number), told=False, module=module, **more)
        await asyncio.to_thread(serving.wait_until_listening)
        return serving

    async def follow(self, number: int) -> FollowingDesk:
        """Start a desk."""
        home, url = self.folder / f"desk{number}", self.ways[2 + number].url if self.ways else self.url
        desk = FollowingDesk(home, url, **self._environment(f"desk {number}", CLOCKS[2 + number]))
        assert await asyncio.to_thread(desk.read) == "follows"
        return desk

    def _environment(self, name: str, ahead: int) -> dict[str, str]:
        return {"PGAPPNAME": name, AHEAD: str(ahead)} | ({} if self.lease is None else {LEASE: str(self.lease)})

    def ask(self, sql: str) -> list[list[str]]:
        """Ask the database with its own client."""
        psql = [str(self.postgres.server.bin_path / "psql"), "-qXAt", "-v", "ON_ERROR_STOP=1", "-F", "\t", self.url]
        answer = subprocess.run(psql, input=sql, text=True, capture_output=True, check=True).stdout
        return [line.split("\t") for line in answer.splitlines()]

    def works(self) -> int:
        """The server that wrote last."""
        [[who]] = self.ask("SELECT who FROM witness ORDER BY epoch DESC NULLS LAST LIMIT 1")
        return int(who[-1])

    # -- customers

    async def push(self, first: int) -> str:
        """Let a new customer write, to the first server that takes it; the text is the reply as well."""
        text = f"n{next(self._numbers)}"
        began, count = time.monotonic(), len(self.servers)
        for number in (first, first + 1, first):
            if await self._taken(self.servers[number % count], text):
                self.pushed_at[text] = began
                break
        return text

    async def _taken(self, server: Serving, text: str) -> bool:
        account, credentials = demo_account()
        plain = Account(account.name, account.app_id, account.original_id, PushMode.PLAIN)
        program = MiniProgram(plain, credentials, BodyFormat.JSON)
        now = int(time.time())
        self.sandbox.platform.wrote(program, openid_of(text))
        fields: dict[str, str | int] = {
            "ToUserName": account.original_id,
            "FromUserName": openid_of(text),
            "CreateTime": now,
            "MsgType": "text",
            "Content": text,
            "MsgId": str(8_000_000_000_000_000_000 + int(text[1:])),
        }
        query, body = sign(program, openid_of(text), fields, str(now), text)
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, ConnectionError):
            async with self.session.post(f"{server.url}/wx/shop", params=query, data=body) as response:
                return response.status == 200 and await response.read() == b"success"
        return False

    async def write(self, rate: float, seconds: float) -> None:
        """Let so many customers write a second, to the servers in turn, however slow they are."""
        clock = asyncio.get_running_loop().time
        began, pushes = clock(), list[asyncio.Task[str]]()
        for number in range(round(rate * seconds)):
            await asyncio.sleep(began + number / rate - clock())
            pushes.append(asyncio.create_task(self.push(number)))
        await asyncio.gather(*pushes)

    @contextlib.asynccontextmanager
    async def written_to(self, writers: int) -> AsyncIterator[None]:
        """Let customers write all the time, one after the other's answer, so that no more wait than a server can do."""

        async def write(number: int) -> None:
            while True:
                await self._asked(number)

        writing = [asyncio.create_task(write(number)) for number in range(writers)]
        try:
            yield
        finally:
            for task in writing:
                task.cancel()
            await asyncio.gather(*writing, return_exceptions=True)

    async def said(self, text: str) -> None:
        """Wait until WeChat has accepted the answer."""
        while text not in {one.text for one in self.sandbox.sent if one.openid == openid_of(text)}:
            await self.sandbox.wait_for_reply(openid_of(text), len(self.sandbox.sent))

    async def answered(self, first: int = 0) -> float:
        """Write until there is a reply; the seconds that it took."""
        began = time.monotonic()
        async with asyncio.timeout(PATIENCE):
            while not await self._asked(first):
                pass
        return time.monotonic() - began

    async def _asked(self, first: int) -> bool:
        """Write one, and wait a while for the reply, which is unknown for ever if its server lost its turn."""
        text = await self.push(first)
        if text in self.pushed_at:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(UNANSWERED):
                    await self.said(text)
                    return True
        return False

    # -- what must hold

    async def at_rest(self) -> None:
        """Wait until nothing is under way, and each desk shows what is stored."""
        differ: object = None
        try:
            async with asyncio.timeout(PATIENCE):
                while (differ := await asyncio.to_thread(self.ask, UNDER_WAY)) != [["0"]]:  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
                for desk in self.desks:
                    while differ := self._unlike_stored(await desk.ask("rows")):  # noqa: ASYNC110
                        await asyncio.sleep(0.2)
        except TimeoutError:
            pytest.fail(f"not at rest: {differ}")

    def _unlike_stored(self, shown: dict[str, list[Any]]) -> list[object]:
        """What a desk shows otherwise than it is stored, and the newest conversations that it lacks."""
        stored = {row[0]: row[1:] for row in self.ask(STORED)}
        [[needy]] = self.ask("SELECT count(*) FROM calls")
        newest = itertools.islice(stored, max(0, PAGE - int(needy)))
        shown = {number: [str(one) for one in row] for number, row in shown.items()}
        return [
            (number, shown.get(number), stored.get(number))
            for number in {*newest, *shown}
            if shown.get(number) != stored.get(number)
        ]

    async def audit(self) -> Counter[str]:
        """Hold what was kept, said and written against what was acknowledged; the states of the replies."""
        texts = Counter(text for (text,) in self.ask("SELECT text FROM messages"))
        replies = [(json.loads(row[0])["text"], row[1]) for row in self.ask("SELECT content, state FROM replies")]
        made, states = Counter(text for text, _ in replies), dict(replies)
        sent = Counter(one.text for one in self.sandbox.sent)
        acknowledged = set(self.pushed_at)
        assert acknowledged - set(texts) == set(), "acknowledged and lost"
        assert [text for text, count in texts.items() if count > 1] == [], "kept twice"
        assert self.ask("SELECT count(*) FROM messages WHERE id NOT IN (SELECT message_id FROM decisions)") == [["0"]]
        assert [text for text, count in made.items() if count > 1] == [], "decided twice"
        assert acknowledged - set(states) == set(), "not decided on"
        assert [text for text, count in sent.items() if count > 1] == [], "said twice"
        assert [text for text, state in states.items() if state == "sent" and text not in sent] == [], "never said"
        self._judge_writers()
        self._judge_times()
        return Counter(states.values())

    def _judge_writers(self) -> None:
        """Nobody has written under the lease of another one."""
        writers = self.ask("SELECT epoch, count(DISTINCT who), min(who) FROM witness WHERE epoch > 0 GROUP BY epoch")
        assert writers
        assert [row for row in writers if row[1] != "1" or not row[2].startswith("server")] == []

    def _judge_times(self) -> None:
        """What is kept has the database's times, whatever the machines' clocks say."""
        [[first, last]] = self.ask(TIMES)
        assert self.began - 1 < int(first) / 1e6
        assert int(last) / 1e6 < time.time() + 1, f"{int(last) / 1e6 - time.time():.1f} s ahead"

    async def delays(self) -> list[list[float]]:
        """For each desk, the seconds from a push until it was shown there."""
        found = []
        for desk in self.desks:
            seen = await desk.ask("seen")
            assert self.pushed_at.keys() <= seen.keys(), "not shown"
            found.append([seen[text] - at for text, at in self.pushed_at.items() if at > self.followed_from])
        return found


def openid_of(text: str) -> str:
    """Who writes this text."""
    return f"oTEAM{text:0>23}"


def quantiles(seconds: list[float]) -> str:
    """The middle one, the one of a hundred, and the worst, in milliseconds."""
    p99 = statistics.quantiles(seconds, n=100)[98]
    return f"{statistics.median(seconds) * 1000:8.0f}{p99 * 1000:8.0f}{max(seconds) * 1000:8.0f}"


@contextlib.asynccontextmanager
async def team(
    postgres: Postgres,
    folder: Path,
    sandbox: Sandbox,
    *,
    servers: int = 2,
    desks: int = 3,
    lease: float | None = None,
    by_ways: bool = False,
) -> AsyncIterator[Team]:
    """Start all of them; `by_ways`, each reaches the database by a way of its own, which can be cut."""
    async with contextlib.AsyncExitStack() as closing:
        timeout, connector = aiohttp.ClientTimeout(total=3), aiohttp.TCPConnector(limit=64)
        session = await closing.enter_async_context(aiohttp.ClientSession(timeout=timeout, connector=connector))
        made = Team(postgres, postgres.fresh(), folder, sandbox, session, lease)
        for number in range(servers + desks if by_ways else 0):
            (folder / f"way{number}").mkdir()
            made.ways.append(await closing.enter_async_context(WayThere.to(made.url, folder / f"way{number}")))
        (folder / "rules.toml").write_text(ECHO, encoding="utf-8")
        imported = await asyncio.to_thread(run, made.home(0), "rules", "import", str(folder / "rules.toml"))
        assert imported.returncode == 0, imported.stderr
        made.ask(WITNESS)
        for table in WATCHED:
            when = f"AFTER INSERT OR UPDATE ON {table} FOR EACH STATEMENT"
            made.ask(f"CREATE TRIGGER witness {when} EXECUTE FUNCTION witness()")
        closing.push_async_callback(_end, made)
        made.servers = list(await asyncio.gather(*map(made.serve, range(servers))))
        await made.answered()
        made.desks = list(await asyncio.gather(*map(made.follow, range(desks))))
        made.followed_from = time.monotonic()
        yield made


async def _end(made: Team) -> None:
    """Stop all of them, also those that stand still; each leaves as it should."""
    for process in [one.process for one in made.servers] + [one.process for one in made.desks]:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGCONT)
    codes = [await asyncio.to_thread(desk.end) for desk in made.desks]
    codes += [await asyncio.to_thread(one.terminate) for one in made.servers if one.process.poll() is None]
    assert not any(codes)
