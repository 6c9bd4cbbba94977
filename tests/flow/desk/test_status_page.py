"""The status page of `wxdesk serve`: what balancers and Prometheus ask, of a real process on a real port."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.flow.serving import Serving, run, write_config
from tests.ports import free_port, listens
from tests.postgresql import Postgres
from tests.way_to_server import WayThere
from wxdesk.sandbox.demo_customers import LI_LEI, demo_account
from wxdesk.sandbox.server import Sandbox

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM and SIGHUP are POSIX signals")

ANSWER_ALL = '[[rules]]\nname = "all"\ndefault = true\nthen = [{ reply = "好的" }]\n'


def _configure(home: Path, sandbox: Sandbox, port: int, store: str = "") -> None:
    more = f"[serve]\nstatus_port = {port}\n" + (f'[store]\nurl = "{store}"\n' if store else "")
    write_config(home, sandbox.url, more=more)


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Any]]:
    begun: list[Serving] = []

    async def begin(home: Path, *options: str, **more: Any) -> Serving:
        begun.append(await asyncio.to_thread(partial(Serving, home, *options, **more)))
        await asyncio.to_thread(begun[-1].wait_until_listening)
        return begun[-1]

    yield begin
    for serving in begun:
        assert await asyncio.to_thread(serving.terminate) == 0


async def _get(port: int, path: str, method: str = "GET") -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.request(method, f"http://127.0.0.1:{port}{path}") as answer:
        assert "Server" not in answer.headers
        return answer.status, await answer.text()


async def _until(port: int, wanted: Callable[[int, dict[str, Any]], bool]) -> dict[str, Any]:
    """Ask until the answer is as `wanted`; while nothing listens, that is no answer."""
    async with asyncio.timeout(30), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
                    found: dict[str, Any] = await answer.json()
                    if wanted(answer.status, found):
                        return found
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0)


async def test_the_status_page_tells_the_servers_health_and_its_figures(
    tmp_path: Path, sandbox: Sandbox, serve: Callable[..., Any]
) -> None:
    port = free_port()
    _configure(tmp_path, sandbox, port)
    (tmp_path / "rules.toml").write_text(ANSWER_ALL, encoding="utf-8")
    assert (await asyncio.to_thread(run, tmp_path, "rules", "import", str(tmp_path / "rules.toml"))).returncode == 0
    serving = await serve(tmp_path)
    sandbox.set_push_url(f"{serving.url}/wx/shop")
    await sandbox.say(LI_LEI.openid, "在吗")
    await sandbox.wait_for_reply(LI_LEI.openid)
    health = await _until(port, lambda status, told: status == 200 and told["tokens"]["shop"])
    assert health == {
        "takes_messages": True, "listener": True, "store": True, "work": "alone", "tokens": {"shop": True},
        "troubles": [],
    }  # fmt: skip
    async with asyncio.timeout(20):
        while 'wxdesk_replies_total{state="sent"} 1\n' not in (figures := (await _get(port, "/metrics"))[1]):
            pass
    for line in (
        'wxdesk_pushes_total{account="shop",outcome="kept"} 1',
        "wxdesk_acknowledge_seconds_count 1",
        'wxdesk_api_calls_total{account="shop",call="custom/send",outcome="ok"} 1',
        'wxdesk_token_valid{account="shop"} 1',
        *("wxdesk_listening 1", "wxdesk_store_accepts 1", "wxdesk_working 1", "wxdesk_troubles 0"),
        "wxdesk_undecided 0",
    ):
        assert f"{line}\n" in figures
    _, credentials = demo_account()
    for private in (LI_LEI.openid, "在吗", "好的", *credentials.secrets):
        assert private not in figures + str(health)


async def test_the_status_page_answers_reads_of_its_two_paths_only(
    tmp_path: Path, sandbox: Sandbox, serve: Callable[..., Any]
) -> None:
    port = free_port()
    _configure(tmp_path, sandbox, port)
    await serve(tmp_path)
    await _until(port, lambda status, _: status == 200)
    assert [await _get(port, "/healthz", "POST"), await _get(port, "/metrics", "DELETE")] == [(405, ""), (405, "")]
    assert [await _get(port, path) for path in ("/", "/wx/shop", "/healthz/")] == [(404, "")] * 3
    assert await _get(port, "/healthz", "HEAD") == (200, "")


async def test_a_taken_port_is_reported_and_another_one_is_taken_up_at_once(
    tmp_path: Path, sandbox: Sandbox, serve: Callable[..., Any]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        _configure(tmp_path, sandbox, port)
        serving = await serve(tmp_path, told=True)
        told = await asyncio.to_thread(serving.hear, "The status page is not available")
        assert f"at 127.0.0.1:{port}: another program uses it. Look at [serve] in config.toml." in told
        sandbox.set_push_url(f"{serving.url}/wx/shop")
        assert await sandbox.verify_push_url()
        other = free_port()
        _configure(tmp_path, sandbox, other)
        serving.process.send_signal(signal.SIGHUP)
        await _until(other, lambda status, told: status == 200 and not told["troubles"])
    _configure(tmp_path, sandbox, 0)
    serving.process.send_signal(signal.SIGHUP)
    async with asyncio.timeout(20):
        while await listens(other):
            pass


@pytest.mark.postgres
async def test_of_two_servers_one_works_and_both_take_messages(
    tmp_path: Path, sandbox: Sandbox, postgres: Postgres, serve: Callable[..., Any]
) -> None:
    url, ports = postgres.emptied(), (free_port(), free_port())
    for number, port in enumerate(ports):
        home = tmp_path / str(number)
        home.mkdir()
        _configure(home, sandbox, port, url)
        await serve(home)
        await _until(port, partial(lambda wanted, _, told: told["work"] == wanted, ("working", "standing by")[number]))
    healths = [await _until(port, lambda status, _: status == 200) for port in ports]
    assert [health["takes_messages"] for health in healths] == [True, True]
    figures = [(await _get(port, "/metrics"))[1] for port in ports]
    assert ["wxdesk_working 1\n" in text for text in figures] == [True, False]


@pytest.mark.postgres
async def test_a_server_without_its_database_is_unhealthy_until_it_is_back(
    tmp_path: Path, sandbox: Sandbox, postgres: Postgres, serve: Callable[..., Any]
) -> None:
    port = free_port()
    async with WayThere.to(postgres.emptied(), tmp_path) as way:
        _configure(tmp_path, sandbox, port, way.url)
        await serve(tmp_path)
        await _until(port, lambda status, _: status == 200)
        way.shut()
        health = await _until(port, lambda status, _: status == 503)
        assert (health["listener"], health["store"]) == (True, False)
        assert "wxdesk_undecided" not in (await _get(port, "/metrics"))[1]
        way.open()
        await _until(port, lambda status, _: status == 200)
