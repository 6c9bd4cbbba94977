"""Nothing acknowledged is lost or sent twice: kill -9 at random moments under load, restart, repeat, then count.

The judge is not the desk: what was acknowledged is what this test's own HTTP client saw, what was sent is what the
simulated WeChat accepted, and what was kept is read from the database file with the standard library.
"""

import asyncio
import contextlib
import json
import random
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from tests.campaign.test_postgresql_kills import also
from tests.conftest import Sized
from tests.flow.serving import Serving, run, write_config
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.model.push import BodyFormat
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.platform.platform import Sent
from wxdesk.sandbox.platform.program import MiniProgram
from wxdesk.sandbox.push.encoding import sign
from wxdesk.sandbox.server import Sandbox

KILLS = (6, 24, 1000)
"""How often the desk is killed in each size of the campaign."""
PATIENCE = 60.0
CONTACTS = 40
CONNECTIONS = 8
NEW_PER_LIFE = 5
"""New messages that each connection writes before it only repeats known ones."""
ECHO = '[[rules]]\nname = "echo"\ndefault = true\nthen = [{ reply = "{{ message.text }}" }]\n'


LAST = "7000000000000000001"


def contact_of(number: str) -> str:
    """Who writes the message with this number.

    The last is written by a new contact: replies that still wait for one of the others count against the quota there,
    and a backlog of three would leave none for it.
    """
    return f"oKILL{CONTACTS if number == LAST else int(number) % CONTACTS:023d}"


@dataclass
class Load:
    """Writes messages, each with a number of its own, and remembers which were acknowledged."""

    program: MiniProgram
    sandbox: Sandbox
    acknowledged: set[str] = field(default_factory=set)
    written: int = 0
    _replies_until_then: int = 0
    _then: Callable[[], None] = lambda: None

    def after_replies(self, number: int, then: Callable[[], None]) -> None:
        """Call `then` when WeChat has accepted so many replies from now on, before it answers the last of them."""
        self._replies_until_then, self._then = number, then

    def hear(self, _sent: Sent) -> None:
        """Count a reply that WeChat has accepted."""
        self._replies_until_then -= 1
        if self._replies_until_then == 0:
            self._then()

    async def run(self, url: str) -> None:
        """Write from several connections until cancelled; a broken connection ends its writer."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            await asyncio.gather(*(self._write(session, url) for _ in range(CONNECTIONS)))

    async def _write(self, session: aiohttp.ClientSession, url: str) -> None:
        try:
            for number in random.sample(sorted(self.acknowledged), min(2, len(self.acknowledged))):
                await self.post(session, url, number)  # WeChat repeats itself, also after a restart
            for _ in range(NEW_PER_LIFE):
                self.written += 1
                await self.post(session, url, str(6_000_000_000_000_000_000 + self.written))
            while True:  # load without a backlog that the last run could not answer in time
                await self.post(session, url, random.choice(tuple(self.acknowledged)))
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            return

    async def post(self, session: aiohttp.ClientSession, url: str, number: str) -> None:
        """Push one message and remember whether it was acknowledged."""
        openid = contact_of(number)
        self.sandbox.platform.wrote(self.program, openid)
        now = int(time.time())
        fields: dict[str, str | int] = {
            "ToUserName": self.program.account.original_id,
            "FromUserName": openid,
            "CreateTime": now,
            "MsgType": "text",
            "Content": number,
            "MsgId": number,
        }
        query, body = sign(self.program, openid, fields, str(now), number)
        async with session.post(f"{url}/wx/shop", params=query, data=body) as response:
            if response.status == 200 and await response.read() == b"success":
                self.acknowledged.add(number)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX signal")
@pytest.mark.campaign
@pytest.mark.timeout(900)
async def test_nothing_acknowledged_is_lost_and_nothing_is_said_twice(
    tmp_path: Path, sandbox: Sandbox, sized: Sized
) -> None:
    account, credentials = demo_account()
    plain = Account(account.name, account.app_id, account.original_id, PushMode.PLAIN)
    load = Load(MiniProgram(plain, credentials, BodyFormat.JSON), sandbox)
    sandbox.faults.plan(SimulatedFault(FaultKind.LATENCY, milliseconds=15, times=None))
    write_config(tmp_path, sandbox.url, PushMode.PLAIN)
    (tmp_path / "rules.toml").write_text(ECHO, encoding="utf-8")
    assert run(tmp_path, "rules", "import", str(tmp_path / "rules.toml")).returncode == 0

    chance = random.Random(20261124)
    kills = sized(*KILLS)
    sandbox.platform.on_sent = also(sandbox.platform.on_sent, load.hear)
    for number in range(kills):
        await _run_and_kill(tmp_path, load, chance, between_call_and_outcome=number % 2 == 0)
    await _finish(tmp_path, load)
    states = _audit(tmp_path / "desk.db", load)
    # The load was real: much was acknowledged and answered, and kills did come between a call and its outcome.
    assert len(load.acknowledged) > 5 * kills
    assert len({sent.text for sent in load.sandbox.sent}) > 2 * kills
    assert "unknown" in states


async def _run_and_kill(home: Path, load: Load, chance: random.Random, *, between_call_and_outcome: bool) -> None:
    """Kill the desk at any moment; or when WeChat has just accepted a reply and not told so yet."""
    after = PATIENCE if between_call_and_outcome else chance.uniform(0.02, 0.5)
    serving = await asyncio.to_thread(Serving, home)
    url = await asyncio.to_thread(serving.wait_until_listening)
    load.after_replies(chance.randrange(4, 24) if between_call_and_outcome else 0, serving.process.kill)
    writing = asyncio.create_task(load.run(url))
    await asyncio.wait({writing}, timeout=after)
    await asyncio.to_thread(serving.kill)
    await writing


async def _finish(home: Path, load: Load) -> None:
    """One more start, left alone until the last message has its answer; then a clean stop."""
    serving = await asyncio.to_thread(Serving, home)
    url = await asyncio.to_thread(serving.wait_until_listening)
    seen = len(load.sandbox.sent)
    async with aiohttp.ClientSession() as session:
        await load.post(session, url, LAST)
    async with asyncio.timeout(120):
        while (await load.sandbox.wait_for_reply(contact_of(LAST), seen)).text != LAST:
            seen += 1
    assert await asyncio.to_thread(serving.terminate) == 0


def _audit(database: Path, load: Load) -> set[str]:
    """Hold what was kept against what was acknowledged and sent; the states in which replies were found."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        kept = Counter(number for (number,) in db.execute("select msg_id from messages"))
        pushes, keys = db.execute("select count(*), count(distinct key) from raw_pushes").fetchone()
        replies = [
            (json.loads(content)["text"], state) for content, state in db.execute("select content, state from replies")
        ]
        (sound,) = db.execute("pragma integrity_check").fetchone()
    sent = Counter(sent.text for sent in load.sandbox.sent)
    said = Counter(text for text, _ in replies)
    assert sound == "ok"
    # Nothing acknowledged is lost, nothing is there twice.
    assert load.acknowledged - set(kept) == set()
    assert [number for number, count in kept.items() if count > 1] == []
    assert pushes == keys
    # Nothing is said twice, and nothing that may have been said still waits.
    assert [text for text, count in sent.items() if count > 1] == []
    assert [text for text, count in said.items() if count > 1] == []
    assert [text for text, state in replies if state == "queued" and text in sent] == []
    assert [text for text, state in replies if state == "sent" and text not in sent] == []
    return {state for _, state in replies}
