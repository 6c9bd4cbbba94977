"""A whole desk behind a reverse proxy asks its own public address, and tells when nothing gets through."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from tests.certificates import NAME, Authority
from tests.faulty_proxy import Fault, FaultyProxy
from tests.flow.conftest import setup_for
from wxdesk.app import OpenDesk, open_desk
from wxdesk.core.events import Event, ReachabilityChanged
from wxdesk.core.setup.findings import Check
from wxdesk.core.setup.findings import CheckVerdict as V
from wxdesk.i18n import tr
from wxdesk.sandbox.server import Sandbox
from wxdesk.tunnel.connection import Surroundings


class Behind:
    """A desk with an https address, the proxy that stands before it, and what the desk told of its way."""

    def __init__(self, opened: OpenDesk, proxy: FaultyProxy) -> None:
        self.opened = opened
        self.proxy = proxy
        self._told: asyncio.Queue[Event] = asyncio.Queue()
        opened.desk.bus.subscribe(self._told.put_nowait, ReachabilityChanged)

    async def finds(self, verdict: V) -> None:
        while self.opened.desk.reachability.state.finding.verdict is not verdict:
            await self._told.get()


@pytest.fixture
async def behind(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Behind]:
    authority, proxy = Authority(tmp_path), FaultyProxy(0)

    async def resolve(_: str) -> Sequence[str]:
        return ("127.0.0.1",)

    around = Surroundings(resolve, port_of=lambda _: proxy.port, roots=str(authority.roots), is_private=lambda _: False)
    setup = setup_for(sandbox, tmp_path / "home")
    at = structs.replace(setup.config.listener, public_url=f"https://{NAME}")
    setup = replace(setup, config=structs.replace(setup.config, listener=at))
    proxy = FaultyProxy(0, tls=authority.context())
    await proxy.start()
    opened = await open_desk(setup, around)
    proxy.upstream = int(opened.url.rpartition(":")[2])
    yield Behind(opened, proxy)
    await opened.stop()
    await proxy.stop()


async def test_a_desk_knows_whether_wechat_reaches_it(behind: Behind) -> None:
    desk = behind.opened.desk
    await behind.finds(V.OK)
    behind.proxy.fault = Fault.BAD_GATEWAY
    await desk.reachability.check()
    assert desk.setup.state.reach.verdict is V.OTHER_PROGRAM
    [account] = desk.setup.state.accounts
    assert account.finding(Check.ADDRESS).verdict is V.OTHER_PROGRAM
    [trouble] = [trouble for trouble in desk.health.state.troubles if trouble.key == "reach"]
    assert "502" in tr(trouble.text)
    behind.proxy.fault = Fault.NONE
    await desk.reachability.check()
    await behind.finds(V.OK)
    assert not desk.health.state.troubles
    [outage] = await desk.reachability.outages()
    assert (outage.verdict, outage.ended) == (V.OTHER_PROGRAM, desk.reachability.state.since)


async def test_probes_of_the_desk_do_not_count_as_traffic(behind: Behind) -> None:
    await behind.finds(V.OK)
    assert behind.proxy.heads[0].startswith(b"GET /wx/shop?signature=")
    assert not [seen for seen in await behind.opened.desk.traffic.newest_first() if hasattr(seen, "signed_at")]
