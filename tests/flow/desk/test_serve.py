"""`wxdesk serve` as a process: it says where it listens, answers, and stops cleanly whatever is in flight."""

import asyncio
import contextlib
import json
import signal
import socket
import sqlite3
import stat
import sys
import time
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from tests.flow.serving import Serving, run, write_config
from tests.postgresql import Postgres
from wxdesk import __version__
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.server import Sandbox
from wxdesk.wechat.http import DEADLINE_SECONDS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM is a POSIX signal")

ANSWER_ALL = '[[rules]]\nname = "all"\ndefault = true\nthen = [{ reply = "好的" }]\n'


@pytest.fixture
def home(tmp_path: Path, sandbox: Sandbox) -> Path:
    write_config(tmp_path, sandbox.url)
    (tmp_path / "rules.toml").write_text(ANSWER_ALL, encoding="utf-8")
    assert run(tmp_path, "rules", "import", str(tmp_path / "rules.toml")).returncode == 0
    return tmp_path


STOPPED = DEADLINE_SECONDS * 0.8
"""Seconds that a stop may take, whatever is in flight: it waits for none of the calls that WeChat leaves hanging.

The desk gives them two seconds; the rest is for a machine that does much else meanwhile.
"""


async def _serve(home: Path, sandbox: Sandbox) -> Serving:
    serving = await asyncio.to_thread(Serving, home)
    url = await asyncio.to_thread(serving.wait_until_listening)
    sandbox.set_push_url(f"{url}/wx/shop")
    return serving


async def _stop(serving: Serving) -> float:
    began = time.monotonic()
    assert await asyncio.to_thread(serving.terminate) == 0
    return time.monotonic() - began


async def test_serve_answers_the_url_check_and_a_message(home: Path, sandbox: Sandbox) -> None:
    serving = await _serve(home, sandbox)
    assert await sandbox.verify_push_url()
    await sandbox.say(LI_LEI.openid, "在吗")
    assert (await sandbox.wait_for_reply(LI_LEI.openid)).text == "好的"
    assert await _stop(serving) < STOPPED


@pytest.mark.parametrize("kind", [FaultKind.AFTER, FaultKind.BEFORE])
async def test_serve_stops_in_time_while_wechat_keeps_it_waiting(home: Path, sandbox: Sandbox, kind: FaultKind) -> None:
    serving = await _serve(home, sandbox)
    fault = SimulatedFault(kind)
    sandbox.faults.plan(fault)
    await sandbox.say(LI_LEI.openid, "在吗")
    async with asyncio.timeout(10):
        while fault in sandbox.faults.planned.values():
            await asyncio.to_thread(_knock, serving.url)
    assert await _stop(serving) < STOPPED


async def test_serve_stops_in_time_while_a_push_is_half_sent(home: Path, sandbox: Sandbox) -> None:
    serving = await _serve(home, sandbox)
    host, port = serving.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as half:
        half.sendall(b"POST /wx/shop?signature=x HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n<xml>")
        assert await _stop(serving) < STOPPED


async def test_a_call_under_way_at_a_stop_is_unknown_after_the_restart(home: Path, sandbox: Sandbox) -> None:
    serving = await _serve(home, sandbox)
    fault = SimulatedFault(FaultKind.AFTER)
    sandbox.faults.plan(fault)
    await sandbox.say(LI_LEI.openid, "在吗")
    async with asyncio.timeout(10):
        while not sandbox.sent:
            await asyncio.to_thread(_knock, serving.url)
    await _stop(serving)
    serving = await _serve(home, sandbox)
    assert await _stop(serving) < STOPPED
    with contextlib.closing(sqlite3.connect(f"file:{home / 'desk.db'}?mode=ro", uri=True)) as db:
        assert db.execute("select state from replies").fetchall() == [("unknown",)]
    assert len(sandbox.sent) == 1


async def test_rules_are_imported_beside_serve(home: Path, sandbox: Sandbox) -> None:
    serving, file = await _serve(home, sandbox), home / "rules.toml"
    import_it = lambda: asyncio.to_thread(run, home, "rules", "import", str(file))  # noqa: E731
    file.write_text(ANSWER_ALL.replace("好的", "九点开门"), encoding="utf-8")
    assert (await import_it()).stdout == "1 rule now, 1 before: 1 changed.\n"
    await sandbox.say(LI_LEI.openid, "几点？")
    assert (await sandbox.wait_for_reply(LI_LEI.openid)).text == "九点开门"
    elsewhere = "when = { any = ['a'], account = 'tee', not = { account = 'shop' } }\nthen"
    file.write_text(ANSWER_ALL.replace("default = true\nthen", elsewhere), encoding="utf-8")
    assert (await import_it()).stdout == "1 rule now, 1 before: 1 changed. There is no mini program “tee”.\n"
    file.write_text(ANSWER_ALL * 3, encoding="utf-8")
    assert (await import_it()).stdout.endswith("3 rules are called “all”.\n")
    file.write_text("[[rules]]\nwhenn = 1", encoding="utf-8")
    refused = await asyncio.to_thread(run, home, "rules", "import", str(file), "--lang", "zh_CN")
    assert refused.returncode == 2
    assert "第 2 行：这里不认识「whenn」" in refused.stderr, "in the language of the command, not of the desk"
    place = home / "rules.socket"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    _, silent = await asyncio.open_unix_connection(place)
    stranger, writer = await asyncio.open_unix_connection(place)
    writer.write(b"nonsense\n")
    assert await stranger.read() == b""
    assert await _stop(serving) < STOPPED, "who connects and says nothing keeps it from its end"
    assert not place.exists()
    silent.close()
    writer.close()


@pytest.mark.postgres
async def test_rules_are_imported_and_exported_beside_a_server_on_a_shared_database(
    tmp_path: Path, sandbox: Sandbox, postgres: Postgres
) -> None:
    write_config(tmp_path, sandbox.url, more=f'[store]\nurl = "{postgres.emptied()}"\n')
    file, copy = tmp_path / "rules.toml", tmp_path / "copy.toml"
    file.write_text(ANSWER_ALL, encoding="utf-8")
    serving = await _serve(tmp_path, sandbox)
    assert serving.process.stdout is not None
    assert json.loads(await asyncio.to_thread(serving.process.stdout.readline)) == {"event": "working"}
    for arguments, said in {
        ("import", "--check", str(file)): "1 rule instead of 0: 1 new.",
        ("import", str(file)): "1 rule now, 0 before: 1 new.",
        ("export", str(copy)): "",
    }.items():
        done = await asyncio.to_thread(run, tmp_path, "rules", *arguments)
        assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, [said] if said else []), done.stderr
    assert "好的" in copy.read_text(encoding="utf-8")
    await _stop(serving)


@pytest.mark.postgres
async def test_a_server_on_a_shared_database_does_not_miss_rules_that_are_there(
    home: Path, sandbox: Sandbox, postgres: Postgres
) -> None:
    write_config(home, sandbox.url, more=f'[store]\nurl = "{postgres.emptied()}"\n')
    assert (await asyncio.to_thread(run, home, "rules", "import", str(home / "rules.toml"))).returncode == 0
    serving = await asyncio.to_thread(Serving, home, told=True)
    await asyncio.to_thread(serving.wait_until_listening)
    assert serving.process.stdout is not None
    assert serving.process.stderr is not None
    await asyncio.to_thread(serving.process.stdout.readline)
    serving.process.send_signal(signal.SIGTERM)
    assert "There is no rule" not in await asyncio.to_thread(serving.process.stderr.read)
    assert await asyncio.to_thread(serving.terminate) == 0


async def test_serve_never_loads_qt(home: Path, sandbox: Sandbox) -> None:
    serving = await _serve(home, sandbox)
    loaded = _loaded_by(serving.process.pid)
    await _stop(serving)
    assert "PySide6" not in loaded
    assert "libQt6" not in loaded


async def test_a_strangers_request_learns_nothing(home: Path, sandbox: Sandbox) -> None:
    serving = await _serve(home, sandbox)
    async with aiohttp.ClientSession() as session:
        for path in ("/", "/wx/other", "/wx/shop", "/wx/shop?echostr=1&signature=2&timestamp=3&nonce=4"):
            async with session.get(serving.url + path) as response:
                assert response.status in {403, 404}
                assert await response.read() == b""
                assert "Server" not in response.headers
    await _stop(serving)


def _logged(home: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (home / "logs" / "wxdesk.log").read_text(encoding="utf-8").splitlines()]


async def test_an_incomplete_account_keeps_no_other_from_being_served(home: Path, sandbox: Sandbox) -> None:
    with (home / "config.toml").open("a", encoding="utf-8") as config:
        config.write('[[accounts]]\nname = "tea"\napp_id = "wx00000000000000aa"\n')
    short = {"WXDESK_TEA_APP_SECRET": "0" * 32, "WXDESK_TEA_PUSH_TOKEN": "aToken"}
    serving = await asyncio.to_thread(partial(Serving, home, told=True, **short))
    url = await asyncio.to_thread(serving.wait_until_listening)
    sandbox.set_push_url(f"{url}/wx/shop")
    await sandbox.say(LI_LEI.openid, "在吗")
    assert (await sandbox.wait_for_reply(LI_LEI.openid)).text == "好的"
    said = await asyncio.to_thread(serving.hear, "lacks its EncodingAESKey")
    assert "shop" not in said
    assert await _stop(serving) < STOPPED
    assert "wxdesk secret set tea encoding_aes_key" in said
    assert "WXDESK_TEA_ENCODING_AES_KEY" in said
    log = _logged(home)
    begun = [line["text"] for line in log if line["text"].startswith("wxdesk ")]
    assert begun == [f"wxdesk {__version__}; accounts: shop, tea; listener: 127.0.0.1:0"]
    assert any(line["level"] == "WARNING" and "“tea” lacks" in line["text"] for line in log)


async def test_refused_requests_are_reported_on_stderr_and_in_the_log(home: Path, sandbox: Sandbox) -> None:
    serving = await asyncio.to_thread(partial(Serving, home, told=True))
    sandbox.set_push_url(f"{await asyncio.to_thread(serving.wait_until_listening)}/wx/Shop")
    assert not await sandbox.verify_push_url()
    said = await asyncio.to_thread(serving.hear, "push:shop")
    assert "WARNING" in said
    assert "/wx/shop" in said
    assert await _stop(serving) < STOPPED
    assert any(line["level"] == "WARNING" and "push:shop" in line["text"] for line in _logged(home))


async def test_serve_without_an_account_waits_for_one(tmp_path: Path, sandbox: Sandbox) -> None:
    (tmp_path / "config.toml").write_text("[listener]\nport = 0\n", encoding="utf-8")
    serving = await asyncio.to_thread(partial(Serving, tmp_path, told=True))
    await asyncio.to_thread(serving.hear, "No mini program is connected yet. ")
    await asyncio.to_thread(serving.wait_until_listening)
    write_config(tmp_path, sandbox.url)
    serving.process.send_signal(signal.SIGHUP)
    await asyncio.to_thread(serving.hear, "shop")
    assert await _stop(serving) < STOPPED


def _loaded_by(pid: int) -> str:
    """The files that a process has mapped; empty where the system does not tell."""
    maps = Path(f"/proc/{pid}/maps")
    return maps.read_text(encoding="utf-8") if maps.exists() else ""


def _knock(url: str) -> None:
    """Something to do while waiting that takes a moment and proves that the desk still listens."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as knock:
        knock.sendall(b"GET / HTTP/1.0\r\n\r\n")
        while knock.recv(4096):
            pass
