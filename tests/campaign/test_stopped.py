"""A program that stood still, as in a sleep, and whose connections broke meanwhile: it goes on, and doubles nothing."""

import asyncio
import signal
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from tests.conftest import Sized
from tests.flow.serving import Serving, run, write_config
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.sandbox.server import Sandbox

RULES = '[[rules]]\nname = "all"\ndefault = true\nthen = [{ reply = "answer {{ message.text }}" }]\n'
DEADLINE = 1.0
"""Seconds that this WeChat waits for an answer, instead of five; then it closes the connection."""


@pytest.mark.campaign
@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform == "win32", reason="SIGSTOP is a POSIX signal")
async def test_pushes_during_a_standstill_are_answered_once(tmp_path: Path, sized: Sized) -> None:
    sandbox = Sandbox(push_deadline=DEADLINE)
    write_config(tmp_path, await sandbox.start())
    (tmp_path / "rules.toml").write_text(RULES, encoding="utf-8")
    assert (await asyncio.to_thread(run, tmp_path, "rules", "import", str(tmp_path / "rules.toml"))).returncode == 0
    serving = await asyncio.to_thread(Serving, tmp_path)
    sandbox.set_push_url(await asyncio.to_thread(serving.wait_until_listening) + "/wx/shop")
    rounds = sized(1, 3, 50)
    for number in range(rounds):
        serving.process.send_signal(signal.SIGSTOP)
        assert not (await sandbox.say(LI_LEI.openid, f"meanwhile {number}")).accepted
        serving.process.send_signal(signal.SIGCONT)
        async with asyncio.timeout(20):
            await _answered(sandbox, str(number))
    await asyncio.to_thread(serving.terminate)
    await sandbox.stop()
    assert [text for text, count in Counter(sent.text for sent in sandbox.sent).items() if count > 1] == []
    with closing(sqlite3.connect(tmp_path / "desk.db")) as database:
        assert database.execute("select count(*) from messages").fetchone() >= (2 * rounds,)
        assert database.execute("select count(*) from replies where state = 'sending'").fetchone() == (0,)


async def _answered(sandbox: Sandbox, number: str) -> None:
    """What is pushed now is taken and answered as ever."""
    for attempt in count():
        text = f"after {number}.{attempt}"
        if (await sandbox.say(LI_LEI.openid, text)).accepted:
            break
    while f"answer {text}" not in [sent.text for sent in sandbox.sent]:
        await sandbox.wait_for_reply(LI_LEI.openid, after=len(sandbox.sent))
