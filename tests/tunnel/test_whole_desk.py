"""A desk whose configuration names a tunnel: requests and calls go through it, and it changes while the desk runs."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncssh
import httpx2
import msgspec
import pytest

from tests.ports import free_port
from tests.tunnel.ssh.servers import PASSWORD, OwnServer
from tests.tunnel.watching import LONGEST, closed
from wxdesk.app import OpenDesk, open_desk
from wxdesk.config.reading import Config, ListenerSettings, WeChatSettings
from wxdesk.config.tunnel import TunnelSettings
from wxdesk.core.events import TunnelChanged
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.tunnel_state import TunnelKind, TunnelPhase
from wxdesk.desk.settings.configuration import Setup
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.sandbox.server import Sandbox
from wxdesk.secrets.names import TUNNEL_PASSWORD


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[OwnServer]:
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_public_key(tmp_path / "key.pub")
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(tmp_path / "other")  # refused: the password counts
    made = OwnServer(tmp_path / "key.pub")
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    made = Sandbox()
    await made.start()
    yield made
    await made.stop()


async def reaches(desk: OpenDesk, kind: TunnelKind, phase: TunnelPhase) -> CheckVerdict:
    changed = asyncio.Event()
    end = desk.desk.bus.subscribe(lambda _: changed.set(), TunnelChanged)
    async with asyncio.timeout(LONGEST):
        while (desk.tunnel.state.kind, desk.tunnel.state.phase) != (kind, phase):
            await changed.wait()
            changed.clear()
    end()
    return desk.tunnel.state.verdict


async def test_the_configured_tunnel_leads_here_and_there(tmp_path: Path, server: OwnServer, sandbox: Sandbox) -> None:
    account, credentials = demo_account()
    tunnel = TunnelSettings(
        kind=TunnelKind.SSH, host="127.0.0.1", port=server.port, user="wx", key_file=str(tmp_path / "other"),
        host_key=server.key.get_fingerprint(), remote_port=free_port(), carry_api=True,
    )  # fmt: skip
    config = Config(ListenerSettings(port=0), wechat=WeChatSettings(api_base=sandbox.url), tunnel=tunnel)
    setup = Setup(tmp_path, config, {account.name: credentials})
    desk = await open_desk(setup)
    try:
        assert (await reaches(desk, TunnelKind.SSH, TunnelPhase.DOWN)) is CheckVerdict.SSH_KEY_REFUSED
        server.met.clear()
        await desk.desk.reachability.check()  # as somebody asks to check again
        async with asyncio.timeout(LONGEST):
            await server.met.wait()
        setup = replace(setup, others={TUNNEL_PASSWORD: PASSWORD})
        await desk.apply(setup)
        await reaches(desk, TunnelKind.SSH, TunnelPhase.UP)
        async with httpx2.AsyncClient(trust_env=False) as asking:
            through = await asking.get(f"http://127.0.0.1:{tunnel.remote_port}/no/such/path")
            direct = await asking.get(f"{desk.url}/no/such/path")
        assert (through.status_code, through.content) == (direct.status_code, direct.content)
        assert await desk.out.client.check(account) > 0
        host, _, port = sandbox.url.removeprefix("http://").partition(":")
        assert (host, int(port)) in server.asked_for
        changed = msgspec.structs.replace(config, tunnel=TunnelSettings())
        await desk.apply(replace(setup, config=changed))
        await reaches(desk, TunnelKind.EXTERNAL, TunnelPhase.UP)
        await closed(tunnel.remote_port)
        assert await desk.out.client.check(account) > 0
    finally:
        await desk.stop()
