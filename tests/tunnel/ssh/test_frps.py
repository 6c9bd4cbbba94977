"""frps' SSH gateway: a proxy is asked for by a command, and its refusals are told."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.test_logs import set_up
from tests.tunnel.ssh.conftest import ANSWER
from tests.tunnel.ssh.frps import TOKEN, Frps
from tests.tunnel.watching import WatchedTunnel
from wxdesk.config.tunnel import TunnelSettings
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.public_url import caddyfile
from wxdesk.core.setup.tunnel_state import TunnelKind
from wxdesk.tunnel.ssh import Address, SshTunnel


@pytest.fixture
async def frps() -> AsyncIterator[Frps]:
    made = Frps()
    yield made
    made.stop()


@pytest.fixture
async def settings(frps: Frps) -> TunnelSettings:
    return TunnelSettings(
        kind=TunnelKind.SSH,
        host="127.0.0.1",
        port=await frps.start(),
        host_key=frps.key.get_fingerprint(),
        gateway="frps",
        proxy_name="shop",
        custom_domain="wx.example.com",
    )


async def test_requests_for_the_domain_reach_the_listener(
    watched: WatchedTunnel, frps: Frps, settings: TunnelSettings, listener: Address
) -> None:
    await watched.use(SshTunnel(settings, listener, secret=TOKEN))
    assert (await watched.up()).public_url == "http://wx.example.com"
    assert frps.commands == [f"http --proxy_name shop --custom_domain wx.example.com --token {TOKEN}"]
    assert await frps.request() == ANSWER


@pytest.mark.parametrize(
    ("says", "verdict", "reason"),
    [
        ("proxy [shop] already exists", CheckVerdict.SSH_PORT_IN_USE, ""),
        ("router config conflict", CheckVerdict.SSH_PORT_IN_USE, ""),
        ("token in login doesn't match token from configuration", CheckVerdict.TUNNEL_DOWN, "another token"),
        ("no\x1b[2J \u202eway", CheckVerdict.TUNNEL_DOWN, "frps refuses: no [2J  way"),
        (f"unknown flag: {TOKEN}", CheckVerdict.TUNNEL_DOWN, "frps refuses: unknown flag: ***"),
    ],
)
async def test_a_refusal_is_reported_without_the_token(
    watched: WatchedTunnel, frps: Frps, settings: TunnelSettings, listener: Address, says: str,
    verdict: CheckVerdict, reason: str,
) -> None:  # fmt: skip
    frps.says = says
    await watched.use(SshTunnel(settings, listener, secret=TOKEN))
    down = await watched.down(verdict)
    assert reason in str(down.values.get("reason", ""))
    assert TOKEN not in str(down.values)


async def test_the_token_is_in_no_log(
    watched: WatchedTunnel, frps: Frps, settings: TunnelSettings, listener: Address, tmp_path: Path
) -> None:
    """asyncssh logs each command that it runs, and whatever it has not been told to mask."""
    with set_up(tmp_path):
        await watched.use(SshTunnel(settings, listener, secret=TOKEN))
        await watched.up()
        await watched.tunnel.stop()
    written = (tmp_path / "logs" / "wxdesk.log").read_text(encoding="utf-8")
    assert "The tunnel (ssh) is up" in written
    assert TOKEN not in written


def test_the_caddyfile_waits_for_a_desk_that_starts_again() -> None:
    line = "reverse_proxy 127.0.0.1:8765 {\n\t\tlb_try_duration 4s\n\t}"
    assert caddyfile("wx.example.com", 8765) == f"wx.example.com {{\n\t{line}\n}}\n"
