"""The status page of a desk in this process: what it says of each state, and where it listens."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from msgspec import structs

from tests.flow.timed_desk import START
from tests.ports import free_port, listens
from tests.prepared import prepare
from tests.test_papers import ROOT
from wxdesk import __version__
from wxdesk.app import OpenDesk, open_desk
from wxdesk.config.reading import AccountEntry, Config, ListenerSettings, ServeSettings
from wxdesk.core.errors import StoreError
from wxdesk.core.events import ConfigurationChanged, ListenerChanged, PushSeen, TokenChanged, TroubleRaised
from wxdesk.desk.runtime.lease_keeper import ALONE, STANDING_BY, WORKING
from wxdesk.desk.settings.configuration import Setup
from wxdesk.i18n import tr
from wxdesk.webhook import status_page
from wxdesk.webhook.status_page import StatusServer


@dataclass
class Page:
    """A desk that its test sets into each state, and its status page."""

    opened: OpenDesk
    port: int
    work: str = ALONE
    accepts: bool = True
    waiting: int | Exception | None = 0
    running: asyncio.Task[None] | None = None

    async def backlog(self) -> int:
        if isinstance(self.waiting, Exception):
            raise self.waiting
        while self.waiting is None:
            await asyncio.Event().wait()
        return self.waiting

    async def get(self, path: str, method: str = "GET") -> tuple[int, str, str]:
        """Status, type and text of the answer; `closed` stands behind the type where the connection ends."""
        url = f"http://127.0.0.1:{self.port}{path}"
        async with aiohttp.ClientSession() as session, session.request(method, url) as answer:
            assert "Server" not in answer.headers
            end = " closed" if answer.headers.get("Connection") == "close" else ""
            return answer.status, answer.headers["Content-Type"] + end, await answer.text()

    async def health(self) -> tuple[int, dict[str, object]]:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{self.port}/healthz") as answer:
            return answer.status, await answer.json()

    async def figures(self) -> dict[str, str]:
        lines = (await self.get("/metrics"))[2].splitlines()
        return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))

    def serve_at(self, port: int) -> None:
        """Change config.toml's port, as far as the page sees it."""
        now = self.opened.desk.configuration.now
        serve = structs.replace(now.config.serve, status_port=port)
        self.opened.desk.configuration.use(replace(now, config=structs.replace(now.config, serve=serve)))
        self.opened.desk.bus.publish(ConfigurationChanged(tables=("serve",)))

    @property
    def troubles(self) -> list[tuple[str, str]]:
        return [(trouble.key, tr(trouble.text)) for trouble in self.opened.desk.health.state.troubles]

    async def until_it_listens(self, port: int) -> None:
        self.port = port
        async with asyncio.timeout(10):
            while not await listens(port):
                assert self.running is not None
                assert not self.running.done()


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    prepare(tmp_path)
    accounts = tuple(AccountEntry(name, "wx00000000000000aa", "gh_0123456789aa") for name in ("shop", "tea"))
    port = free_port()
    config = Config(ListenerSettings(port=0), serve=ServeSettings(status_port=port), accounts=accounts)
    opened = await open_desk(Setup(tmp_path, config, {}, lambda: START))
    made = Page(opened, port)
    server = StatusServer(opened.desk, lambda: made.work, lambda: made.accepts, made.backlog)
    made.running = asyncio.create_task(server.run())
    await made.until_it_listens(port)
    yield made
    made.running.cancel()
    await asyncio.wait([made.running])
    await opened.stop()


async def test_the_health_of_each_state_is_reported(page: Page) -> None:
    bus, url = page.opened.desk.bus, page.opened.desk.health.state.listener_url
    bus.publish(TokenChanged("shop", START + timedelta(seconds=1)))
    told: dict[str, object] = {
        "takes_messages": True,
        "listener": True,
        "store": True,
        "work": "alone",
        "tokens": {"shop": True, "tea": False},
        "troubles": [],
    }
    assert await page.health() == (200, told)
    assert (await page.get("/healthz"))[:2] == (200, "application/json")
    [shown] = re.findall(r"```json\n(.*?)```", (ROOT / "docs/server.md").read_text("utf-8"), re.DOTALL)
    assert [*json.loads(shown)] == [*told]
    page.work = WORKING
    assert await page.health() == (200, told | {"work": "working"})
    page.work = STANDING_BY
    assert await page.health() == (200, told | {"work": "standing by"})
    bus.publish(TokenChanged("shop", START))
    bus.publish(TokenChanged("tea", START + timedelta(seconds=1)))
    bus.publish(TroubleRaised("disk", "It is full."))
    changed = {"work": "standing by", "tokens": {"shop": False, "tea": True}, "troubles": ["disk"]}
    assert await page.health() == (200, told | changed)
    page.accepts = False
    assert await page.health() == (503, told | changed | {"takes_messages": False, "store": False})
    page.accepts = True
    bus.publish(ListenerChanged(""))
    assert await page.health() == (503, told | changed | {"takes_messages": False, "listener": False})
    bus.publish(ListenerChanged(url))
    assert await page.health() == (200, told | changed)


async def test_the_figures_of_each_state_are_reported(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    page.waiting = 7
    page.opened.desk.bus.publish(TokenChanged("shop", START + timedelta(seconds=1)))
    page.opened.desk.bus.publish(PushSeen("shop", "kept", START, 7.0))
    assert (await page.get("/metrics"))[:2] == (200, "text/plain; version=0.0.4; charset=utf-8")
    figures = await page.figures()
    now = {
        f'wxdesk_info{{version="{__version__}"}}': "1",
        "wxdesk_listening": "1",
        "wxdesk_store_accepts": "1",
        "wxdesk_working": "1",
        'wxdesk_token_valid{account="shop"}': "1",
        'wxdesk_token_valid{account="tea"}': "0",
        "wxdesk_troubles": "0",
        "wxdesk_undecided": "7",
    }
    assert list(figures.items())[-len(now) :] == list(now.items())
    assert figures['wxdesk_pushes_total{account="shop",outcome="kept"}'] == "1"
    page.work, page.accepts = STANDING_BY, False
    page.opened.desk.bus.publish(ListenerChanged(""))
    page.opened.desk.bus.publish(TroubleRaised("disk", "It is full."))
    page.waiting = StoreError(reason="away")
    figures = await page.figures()
    names = ("wxdesk_listening", "wxdesk_store_accepts", "wxdesk_working", "wxdesk_troubles")
    assert [figures[name] for name in names] == ["0", "0", "0", "1"]
    assert "wxdesk_undecided" not in figures
    monkeypatch.setattr(status_page, "BACKLOG_SECONDS", 0.05)
    page.waiting = None  # the database does not answer at all
    assert "wxdesk_undecided" not in await page.figures()


async def test_the_page_answers_reads_of_two_paths_and_closes_on_all_else(page: Page) -> None:
    for path in ("/healthz", "/metrics"):
        assert [(await page.get(path, method))[0] for method in ("GET", "HEAD")] == [200, 200]
        assert await page.get(path, "POST") == (405, "text/plain closed", "")
    for path in ("/", "/healthz/", "/wx/shop"):
        assert await page.get(path) == (404, "text/plain closed", "")


async def test_the_page_keeps_32_connections(page: Page) -> None:
    first, writer = await asyncio.open_connection("127.0.0.1", page.port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: desk\r\n\r\n")
    assert (await first.readline()).startswith(b"HTTP/1.1 200")
    others = [await asyncio.open_connection("127.0.0.1", page.port) for _ in range(32)]
    async with asyncio.timeout(5):  # it would be closed after half a minute in any case
        await first.read()
    for _, one in [(first, writer), *others]:
        one.close()


async def test_the_page_follows_its_port_and_rests_without_one(page: Page) -> None:
    old, new = page.port, free_port()
    page.opened.desk.bus.publish(ConfigurationChanged(tables=("phone",)))
    assert (await page.health())[0] == 200
    page.serve_at(new)
    await page.until_it_listens(new)
    assert not await listens(old)
    page.serve_at(0)
    async with asyncio.timeout(10):
        while await listens(new):
            pass
    assert page.troubles == []
    page.serve_at(old)
    await page.until_it_listens(old)


async def test_a_taken_port_is_reported_and_tried_again_until_it_is_free(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised = asyncio.Event()
    page.opened.desk.bus.subscribe(lambda _: raised.set(), TroubleRaised)
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        port = taken.getsockname()[1]
        page.serve_at(port)
        await asyncio.wait_for(raised.wait(), 10)
        text = f"The status page is not available at 127.0.0.1:{port}: another program uses it. "
        assert page.troubles == [("status", text + "Look at [serve] in config.toml.")]
        other = free_port()
        page.serve_at(other)
        await page.until_it_listens(other)
        assert await page.health() == (200, (await page.health())[1] | {"troubles": []})
        monkeypatch.setattr(status_page, "RETRY_SECONDS", 0.05)
        raised.clear()
        page.serve_at(port)
        await asyncio.wait_for(raised.wait(), 10)
    await page.until_it_listens(port)
    assert page.troubles == []
