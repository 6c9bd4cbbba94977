"""`wxdesk serve` under a service manager: signs of life, hang-ups, and a log on stdout."""

import asyncio
import contextlib
import json
import os
import select
import signal
import socket
import sqlite3
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.flow.serving import Serving, environment, run, write_config
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.server import Sandbox

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and sockets of POSIX")


def _messages(line: socket.socket, wanted: str) -> list[str]:
    """What is sent up to the message that is wanted."""
    line.settimeout(20)
    heard: list[str] = []
    while wanted not in heard:
        heard.append(line.recv(100).decode())
    return heard


async def test_systemd_hears_when_it_is_ready_that_it_lives_and_that_it_stops(tmp_path: Path, sandbox: Sandbox) -> None:
    write_config(tmp_path, sandbox.url)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        begin = partial(Serving, tmp_path, NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="200000")
        serving = await asyncio.to_thread(begin)
        await asyncio.to_thread(serving.wait_until_listening)
        await asyncio.to_thread(_messages, line, "READY=1")
        assert await asyncio.to_thread(_messages, line, "WATCHDOG=1") == ["WATCHDOG=1"]
        assert await asyncio.to_thread(_messages, line, "WATCHDOG=1") == ["WATCHDOG=1"]
        assert await asyncio.to_thread(serving.terminate) == 0
        assert set(await asyncio.to_thread(_messages, line, "STOPPING=1")) <= {"WATCHDOG=1", "STOPPING=1"}


async def test_messages_are_taken_while_a_stop_waits_for_the_last_replies(tmp_path: Path, sandbox: Sandbox) -> None:
    write_config(tmp_path, sandbox.url)
    rules = tmp_path / "rules.toml"
    rules.write_text('[[rules]]\nname = "all"\ndefault = true\nthen = [{ reply = "好的" }]\n', encoding="utf-8")
    assert (await asyncio.to_thread(run, tmp_path, "rules", "import", str(rules))).returncode == 0
    sandbox.faults.plan(SimulatedFault(FaultKind.AFTER))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        serving = await asyncio.to_thread(partial(Serving, tmp_path, NOTIFY_SOCKET=str(tmp_path / "notify")))
        sandbox.set_push_url(f"{await asyncio.to_thread(serving.wait_until_listening)}/wx/shop")
        await sandbox.say(LI_LEI.openid, "在吗")
        await sandbox.wait_for_reply(LI_LEI.openid)  # WeChat has taken it, and does not say so
        serving.process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(_messages, line, "STOPPING=1")
        assert (await sandbox.say(LI_LEI.openid, "在不在")).accepted
        assert await asyncio.to_thread(serving.terminate) == 0
    with contextlib.closing(sqlite3.connect(f"file:{tmp_path / 'desk.db'}?mode=ro", uri=True)) as db:
        assert db.execute("select count(*) from raw_pushes").fetchall() == [(2,)]


async def test_the_signs_of_another_process_and_an_abstract_name(tmp_path: Path, sandbox: Sandbox) -> None:
    """A child inherits the variables; a container's socket has no file."""
    write_config(tmp_path, sandbox.url)
    name = f"wxdesk-test-{os.getpid()}"
    if sys.platform != "linux":
        pytest.skip("abstract names are Linux's")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(f"\0{name}")
        begin = partial(Serving, tmp_path, NOTIFY_SOCKET=f"@{name}", WATCHDOG_USEC="1000", WATCHDOG_PID="1")
        serving = await asyncio.to_thread(begin)
        await asyncio.to_thread(serving.wait_until_listening)
        assert await asyncio.to_thread(_messages, line, "READY=1") == ["READY=1"]
        assert await asyncio.to_thread(serving.terminate) == 0
        assert await asyncio.to_thread(_messages, line, "STOPPING=1") == ["STOPPING=1"]


def _until_opened(terminal: int) -> None:
    """Wait until a program has opened the other side of a terminal, which is hung up before."""
    hung_up = select.poll()
    hung_up.register(terminal, 0)
    while hung_up.poll(0):
        time.sleep(0.01)


async def test_a_hang_up_while_it_starts_ends_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    """It reads config.toml when the signal comes: that is a terminal here, which waits for what is typed."""
    write_config(tmp_path, sandbox.url)
    file = tmp_path / "config.toml"
    text = file.read_bytes()
    file.rename(tmp_path / "ready")
    typed, terminal = os.openpty()
    file.symlink_to(os.ttyname(terminal))
    os.close(terminal)
    serving = await asyncio.to_thread(Serving, tmp_path)
    await asyncio.to_thread(_until_opened, typed)
    serving.process.send_signal(signal.SIGHUP)
    (tmp_path / "ready").replace(file)
    os.write(typed, text + b"\x04")
    await asyncio.to_thread(serving.wait_until_listening)
    assert await asyncio.to_thread(serving.terminate) == 0
    os.close(typed)


async def test_a_terminal_that_is_gone_ends_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    """Its end is a SIGHUP too, and nobody reads any more what is said; the next one is heard all the same.

    A changed file of secrets is noticed at a SIGHUP alone.
    """
    write_config(tmp_path, sandbox.url, more='[[accounts]]\nname = "tea"\napp_id = "wx00000000000000aa"\n')
    for name, value in (("app_secret", "0" * 32), ("encoding_aes_key", "0" * 43), ("push_token", "first")):
        (tmp_path / f"tea_{name}").write_text(value, encoding="utf-8")
    serving = await asyncio.to_thread(partial(Serving, tmp_path, told=True, WXDESK_SECRETS=str(tmp_path)))
    url = await asyncio.to_thread(serving.wait_until_listening)
    assert serving.process.stderr is not None
    serving.process.stderr.close()
    log = tmp_path / "logs" / "wxdesk.log"
    serving.process.send_signal(signal.SIGHUP)  # nothing has changed, which it wants to say
    assert await _is_heard(url)
    for number, token in enumerate(("second", "third")):
        (tmp_path / "tea_push_token").write_text(token, encoding="utf-8")
        serving.process.send_signal(signal.SIGHUP)
        async with asyncio.timeout(20):
            while (await asyncio.to_thread(log.read_text, "utf-8")).count("Changed: tea.") <= number:
                pass
    assert await _is_heard(url)
    assert await asyncio.to_thread(serving.terminate) == 0


async def _is_heard(url: str) -> bool:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status == 404


async def test_all_of_the_log_is_on_stdout_on_wish(tmp_path: Path, sandbox: Sandbox) -> None:
    write_config(tmp_path, sandbox.url)
    serving = await asyncio.to_thread(partial(Serving, tmp_path, "--log-to-stdout", told=True))
    lines: list[dict[str, Any]] = [{}]
    process = serving.process
    assert process.stdout is not None
    assert process.stderr is not None
    while lines[-1].get("event") != "listening":
        lines.append(json.loads(await asyncio.to_thread(process.stdout.readline)))
    sandbox.set_push_url(f"{lines[-1]['url']}/wx/Shop")
    assert not await sandbox.verify_push_url()
    while "push:shop" not in lines[-1].get("text", ""):
        lines.append(json.loads(await asyncio.to_thread(process.stdout.readline)))
    process.terminate()
    rest, errors = await asyncio.to_thread(process.communicate)
    lines += map(json.loads, rest.splitlines())
    assert process.returncode == 0
    assert "Stopped listening" in {line.get("text") for line in lines}
    assert "push:shop" not in errors
    assert not (tmp_path / "logs").exists()
    secrets = [value for name, value in environment().items() if name.startswith("WXDESK_SHOP_")]
    assert [secret for secret in secrets if secret in str(lines)] == []
