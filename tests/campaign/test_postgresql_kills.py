"""PostgreSQL is killed, its sessions end and connections are cut under load: nothing is lost, stuck or sent twice.

The judge is not the desk: what was acknowledged is what the simulated WeChat heard, what was sent is what it accepted,
and what was kept is read from the database by psql.
"""

import asyncio
import contextlib
import itertools
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec import structs

from tests.conftest import Sized
from tests.flow.conftest import setup_for
from tests.postgresql import SHARED, Postgres
from tests.store.chats import T0, Talk
from tests.way_to_server import WayThere
from wxdesk.app import OpenDesk, open_desk
from wxdesk.config.reading import StoreSettings
from wxdesk.desk.settings.configuration import Setup
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.platform.platform import Sent
from wxdesk.sandbox.server import Sandbox
from wxdesk.store import open_store
from wxdesk.store.engine import postgresql

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.postgres,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(sys.platform == "win32", reason="SIGQUIT is a POSIX signal"),
    pytest.mark.expects_log("database|store|pushes|push for|StoreError"),
]

FAULTS = (3, 8, 100)
"""How often something is done to server or connections in each size of the campaign."""
WRITERS = 16
CONTACTS = 4
"""Customers of each writer; each waits for the answer to what they wrote, as people do."""
ECHO = '[[rules]]\nname = "echo"\ndefault = true\nthen = [{ reply = "{{ message.text }}" }]\n'
PATIENCE = 30.0
"""Seconds within which whatever was acknowledged is answered, also across a fault."""
END_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'wxdesk';"


def _contact(writer: int, turn: int) -> str:
    return f"oWRITER{writer:02d}{turn % CONTACTS:020d}"


@dataclass
class Load:
    """Customers who write and wait for their answer, and what became of it."""

    sandbox: Sandbox
    acknowledged: list[str] = field(default_factory=list)
    written: int = 0
    slowest: float = 0.0
    heard: set[str] = field(default_factory=set)
    longest_away: float = 0.0
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        await asyncio.gather(*(self._write(number) for number in range(WRITERS)))

    async def _write(self, writer: int) -> None:
        for turn in itertools.count():
            await self.say(_contact(writer, turn))

    async def more(self, count: int) -> None:
        """Wait until so many more are acknowledged: the desk is back after what was done to it, and at work."""
        began, wanted = time.monotonic(), len(self.acknowledged) + count
        async with asyncio.timeout(PATIENCE):
            while len(self.acknowledged) < wanted:
                self._more.clear()
                await self._more.wait()
                if len(self.acknowledged) == wanted - count + 1:
                    self.longest_away = max(self.longest_away, time.monotonic() - began)

    async def end(self) -> None:
        """Each of them writes once more, and each is answered: nothing of theirs is stuck."""
        before = len(self.acknowledged)
        for turn in range(CONTACTS):
            await asyncio.gather(*(self.say(_contact(writer, turn)) for writer in range(WRITERS)))
        assert len(self.acknowledged) - before == WRITERS * CONTACTS

    async def say(self, openid: str) -> None:
        """One message of theirs, and its answer if it was acknowledged."""
        self.written += 1
        text = f"message {self.written}"
        outcome = await self.sandbox.say(openid, text)
        if not outcome.accepted:
            await asyncio.sleep(0.05)
            return
        self.acknowledged.append(text)
        self._more.set()
        began = time.monotonic()
        async with asyncio.timeout(PATIENCE):
            while text not in self.heard:
                await self.sandbox.wait_for_reply(openid, len(self.sandbox.sent))
        self.slowest = max(self.slowest, time.monotonic() - began)


@dataclass
class Battlefield:
    """Server, the way to it, and what can go wrong with them."""

    postgres: Postgres
    way: WayThere
    chance: random.Random

    async def strike(self, number: int) -> None:
        """Do the next thing that can go wrong."""
        faults = (self.kill, self.end_sessions, self.cut, self.lose_answers, self.haunt, self.stay_away)
        await faults[number % len(faults)]()

    async def kill(self) -> None:
        """The server dies, and is there again a moment later."""
        await asyncio.to_thread(self.postgres.kill)
        await asyncio.sleep(self.chance.uniform(0, 1))
        await asyncio.to_thread(self.postgres.start)

    async def end_sessions(self) -> None:
        """Its administrator ends what is under way."""
        await asyncio.to_thread(self.postgres.tell, END_ALL, SHARED)

    async def cut(self) -> None:
        self.way.cut()

    async def lose_answers(self) -> None:
        """Commits are carried out, and the desk does not hear of it: among them claims."""
        self.way.lose_answers = self.chance.randint(1, 6)
        await asyncio.sleep(self.chance.uniform(0.05, 0.3))

    async def haunt(self) -> None:
        """The server does not know that its desk is gone."""
        self.way.haunt()

    async def stay_away(self) -> None:
        self.way.shut()
        await asyncio.sleep(self.chance.uniform(0.2, 2))
        self.way.open()


@contextlib.asynccontextmanager
async def desk_at(url: str, home: Path, sandbox: Sandbox) -> AsyncIterator[OpenDesk]:
    plain = setup_for(sandbox, home)
    setup = Setup(plain.home, structs.replace(plain.config, store=StoreSettings(url)), plain.credentials)
    opened = await open_desk(setup)
    try:
        await opened.desk.rules.exchange.take_in(ECHO, "rules.toml")
        sandbox.set_push_url(f"{opened.url}/wx/shop")
        yield opened
    finally:
        await opened.stop()


@pytest.mark.parametrize("setting", ["on", "off"])
async def test_no_kill_of_the_server_loses_doubles_or_blocks_a_message(
    tmp_path: Path, sandbox: Sandbox, postgres: Postgres, sized: Sized, setting: str
) -> None:
    url = postgres.emptied()
    postgres.tell(f"ALTER DATABASE {SHARED} SET synchronous_commit = {setting};", "postgres")
    load = Load(sandbox)
    sandbox.platform.on_sent = also(sandbox.platform.on_sent, lambda sent: load.heard.add(sent.text))
    sandbox.faults.plan(SimulatedFault(FaultKind.LATENCY, milliseconds=5, times=None))
    async with WayThere.to(url, tmp_path) as way:
        battlefield = Battlefield(postgres, way, random.Random(f"20261128 {setting}"))
        async with desk_at(way.url, tmp_path, sandbox):
            writing = asyncio.create_task(load.run())
            for number in range(sized(*FAULTS)):
                await load.more(battlefield.chance.randint(1, 2 * WRITERS))
                await battlefield.strike(number)
            await load.more(1)
            way.lose_answers = 0
            writing.cancel()
            await asyncio.wait({writing})
            await load.end()
    postgres.tell(f"ALTER DATABASE {SHARED} RESET synchronous_commit;", "postgres")
    _audit(postgres, load)


@pytest.mark.parametrize("ours", [True, False])
async def test_a_kill_loses_pushes_unless_the_desk_sets_synchronous_commit(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, ours: bool
) -> None:
    """What the campaign would show if there were anything to see: a server that is set to lose, loses."""
    if not ours:
        settings = {name: value for name, value in postgresql.SERVER_SETTINGS.items() if name != "synchronous_commit"}
        monkeypatch.setattr(postgresql, "SERVER_SETTINGS", settings)
    url = postgres.emptied()
    postgres.tell(f"ALTER DATABASE {SHARED} SET synchronous_commit = off;", "postgres")
    postgres.tell("ALTER SYSTEM SET wal_writer_delay = '10s';", "postgres")
    postgres.tell("SELECT pg_reload_conf();", "postgres")
    try:
        store = await open_store(url, tmp_path)
        talk = Talk(store)
        assert await asyncio.gather(*(store.pushes.keep(talk.push(None, T0, key=f"m:{n}")) for n in range(20)))
        assert ("synchronous_commit" in await store.check()) is not ours
        await asyncio.to_thread(postgres.kill)
        await store.close()
    finally:
        await asyncio.to_thread(postgres.start)
        postgres.tell("ALTER SYSTEM RESET wal_writer_delay;", "postgres")
        postgres.tell(f"ALTER DATABASE {SHARED} RESET synchronous_commit;", "postgres")
        postgres.tell("SELECT pg_reload_conf();", "postgres")
    assert (postgres.tell("SELECT count(*) FROM raw_pushes", SHARED) == ["20"]) is ours


def also(first: Callable[[Sent], None], then: Callable[[Sent], None]) -> Callable[[Sent], None]:
    def both(sent: Sent) -> None:
        then(sent)
        first(sent)

    return both


def _audit(postgres: Postgres, load: Load) -> None:
    """Hold what was kept against what was acknowledged and sent."""
    kept = Counter(postgres.tell("SELECT text FROM messages", SHARED))
    said = Counter(sent.text for sent in load.sandbox.sent)
    states = dict(row.split("|") for row in postgres.tell("SELECT state, count(*) FROM replies GROUP BY 1", SHARED))
    left = postgres.tell(
        "SELECT (SELECT count(*) FROM raw_pushes WHERE NOT derived), (SELECT count(*) FROM messages WHERE NOT decided)",
        SHARED,
    )
    assert [text for text in load.acknowledged if text not in kept] == []
    assert [text for text, count in kept.items() if count > 1] == []
    assert [text for text in load.acknowledged if text not in said] == []
    assert [text for text, count in said.items() if count > 1] == []
    assert set(states) == {"sent"}
    assert int(states["sent"]) == len(said)
    assert left == ["0|0"]
