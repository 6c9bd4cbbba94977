"""A tunnel by an SSH server: it opens, is lost in many ways, and is opened again."""

import signal
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from tests.conftest import Sized
from tests.ports import free_port
from tests.tunnel.ssh.conftest import ANSWER
from tests.tunnel.ssh.servers import PASSWORD, OwnServer, RealServer, Server
from tests.tunnel.ssh.wire import Wire
from tests.tunnel.watching import WatchedTunnel, answer_of, closed
from wxdesk.config.tunnel import TunnelSettings
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.tunnel_state import TunnelKind
from wxdesk.tunnel import ssh
from wxdesk.tunnel.ssh import Address, SshTunnel

"""A loss is noticed within a second; no sooner, or a server that others keep from its turn would be taken for one."""
REMOTE = free_port()

type Settings = Callable[..., TunnelSettings]


def settings_for(server: Server, key: Path, **others: Any) -> TunnelSettings:
    accepted = server.key.get_fingerprint()
    usual: dict[str, Any] = {"host": "127.0.0.1", "port": server.port, "user": server.user, "host_key": accepted}
    ours = {"kind": TunnelKind.SSH, "key_file": str(key), "remote_port": REMOTE}
    return TunnelSettings(**usual | ours | others)


@pytest.fixture
def settings(server: Server, key_file: Path) -> Settings:
    return partial(settings_for, server, key_file)


@pytest.fixture
async def wire(server: Server) -> AsyncIterator[Wire]:
    made = Wire(server.port)
    await made.open()
    yield made
    await made.close()


async def test_the_server_hands_requests_to_the_listener(
    watched: WatchedTunnel, settings: Settings, listener: Address
) -> None:
    await watched.use(SshTunnel(settings(), listener, public_url="https://wx.example.com"))
    up = await watched.up()
    assert (up.public_url, up.verdict) == ("https://wx.example.com", CheckVerdict.OK)
    assert await answer_of(REMOTE) == ANSWER
    await watched.tunnel.stop()
    await closed(REMOTE)


async def test_a_new_host_key_is_shown_before_anything_is_said(
    watched: WatchedTunnel, settings: Settings, listener: Address, server: Server
) -> None:
    await watched.use(SshTunnel(settings(host_key=""), listener))
    new = await watched.down(CheckVerdict.SSH_HOST_KEY_NEW)
    assert new.values["fingerprint"] == server.key.get_fingerprint()
    await watched.use(SshTunnel(settings(host_key=new.values["fingerprint"]), listener))
    await watched.up()


async def test_a_changed_host_key_is_reported_with_both(
    watched: WatchedTunnel, settings: Settings, listener: Address, server: Server
) -> None:
    accepted = "SHA256:" + "A" * 43
    await watched.use(SshTunnel(settings(host_key=accepted), listener))
    changed = await watched.down(CheckVerdict.SSH_HOST_KEY_CHANGED)
    assert (changed.values["accepted"], changed.values["fingerprint"]) == (accepted, server.key.get_fingerprint())


async def test_a_refused_key_and_a_missing_one_are_reported(
    watched: WatchedTunnel, settings: Settings, listener: Address, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(other)
    await watched.use(SshTunnel(settings(key_file=str(other)), listener))
    assert (await watched.down(CheckVerdict.SSH_KEY_REFUSED)).values["host"] == "127.0.0.1"
    await watched.use(SshTunnel(settings(key_file=str(tmp_path / "none")), listener))
    assert "cannot be read" in str((await watched.down()).values["reason"])
    other.write_text("no key", encoding="utf-8")
    await watched.use(SshTunnel(settings(key_file=str(other)), listener))
    assert "is no private key" in str((await watched.down()).values["reason"])


async def test_a_key_with_a_passphrase_takes_the_secret(
    watched: WatchedTunnel, settings: Settings, listener: Address, key_file: Path
) -> None:
    asyncssh.read_private_key(key_file).write_private_key(key_file, passphrase="open sesame", rounds=50)
    await watched.use(SshTunnel(settings(), listener))
    assert "passphrase" in str((await watched.down()).values["reason"])
    await watched.use(SshTunnel(settings(), listener, secret="open sesame"))
    await watched.up()


async def test_a_wrong_host_is_reported(watched: WatchedTunnel, settings: Settings, listener: Address) -> None:
    await watched.use(SshTunnel(settings(host="no-such-host.invalid"), listener))
    assert "of this name" in str((await watched.down(CheckVerdict.SSH_UNREACHABLE)).values["reason"])
    await watched.use(SshTunnel(settings(host="a" * 70 + ".example.com"), listener))
    assert "of this name" in str((await watched.down(CheckVerdict.SSH_UNREACHABLE)).values["reason"])
    await watched.use(SshTunnel(settings(port=free_port()), listener))
    assert "nothing listens" in str((await watched.down(CheckVerdict.SSH_UNREACHABLE)).values["reason"])
    await watched.use(SshTunnel(settings(port=listener[1]), listener))
    assert "no SSH server" in str((await watched.down(CheckVerdict.SSH_UNREACHABLE)).values["reason"])


async def test_a_silent_server_is_noticed_and_a_dead_session_may_keep_the_port_for_a_while(
    watched: WatchedTunnel, settings: Settings, listener: Address, wire: Wire
) -> None:
    await watched.use(SshTunnel(settings(port=wire.port), listener))
    await watched.up()
    wire.fall_silent()
    assert "broke off" in str((await watched.down()).values["reason"])
    assert (await watched.down(CheckVerdict.SSH_PORT_IN_USE)).values["port"] == str(REMOTE)
    wire.cut_far_ends()
    await watched.up()
    assert await answer_of(REMOTE) == ANSWER


@pytest.mark.campaign
async def test_the_tunnel_comes_back_each_time_the_line_breaks(
    watched: WatchedTunnel, settings: Settings, listener: Address, wire: Wire, sized: Sized
) -> None:
    await watched.use(SshTunnel(settings(port=wire.port), listener))
    for _ in range(sized(2, 20, 100)):
        await watched.up()
        assert await answer_of(REMOTE) == ANSWER
        wire.cut()
        assert "broke off" in str((await watched.down()).values["reason"])
    await watched.up()
    assert await answer_of(REMOTE) == ANSWER


async def test_a_change_of_the_network_has_the_server_asked_at_once(
    watched: WatchedTunnel, settings: Settings, listener: Address, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("KEEPALIVE_SECONDS", 600.0), ("UNANSWERED", 3), ("CHECKING_SECONDS", 0.1)):
        monkeypatch.setattr(ssh, name, value)
    await watched.use(SshTunnel(settings(port=wire.port), listener))
    await watched.up()
    wire.fall_silent()
    watched.tunnel.try_again()
    await watched.down()
    wire.cut_far_ends()
    await watched.up()


async def test_the_tunnel_comes_back_with_the_server(
    watched: WatchedTunnel, settings: Settings, listener: Address, server: Server
) -> None:
    await watched.use(SshTunnel(settings(), listener))
    await watched.up()
    await server.stop()
    await watched.down(CheckVerdict.SSH_UNREACHABLE)
    await server.start()
    await watched.up()
    assert await answer_of(REMOTE) == ANSWER


async def test_calls_to_the_api_leave_through_the_server(
    watched: WatchedTunnel, settings: Settings, listener: Address
) -> None:
    """The API is played by the listener itself; what counts is that the way leads there."""
    await watched.use(SshTunnel(settings(), listener, api=listener))
    up = await watched.up()
    assert await answer_of(up.api_port) == ANSWER


@pytest.mark.parametrize("server", ["asyncssh"], indirect=True)
async def test_a_password_opens_the_tunnel_as_well(
    watched: WatchedTunnel, settings: Settings, listener: Address, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(other)
    await watched.use(SshTunnel(settings(key_file=str(other)), listener, secret=PASSWORD))
    await watched.up()


@pytest.mark.parametrize("server", ["asyncssh"], indirect=True)
async def test_a_refused_forwarding_is_reported(
    watched: WatchedTunnel, settings: Settings, listener: Address, server: OwnServer
) -> None:
    server.forwards = False
    await watched.use(SshTunnel(settings(), listener))
    assert (await watched.down(CheckVerdict.SSH_FORWARD_REFUSED)).values["port"] == str(REMOTE)
    frps = settings(gateway="frps", custom_domain="wx.example.com")  # which it is not
    await watched.use(SshTunnel(frps, listener))
    assert (await watched.down(CheckVerdict.SSH_FORWARD_REFUSED)).values["port"] == "80"


def test_a_loss_is_seen_within_45_seconds() -> None:
    assert ssh.KEEPALIVE_SECONDS * (ssh.UNANSWERED + 1) <= 45


async def test_a_frozen_sshd_is_noticed(
    watched: WatchedTunnel, listener: Address, sshd: RealServer, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(sshd, key_file)
    monkeypatch.setattr(ssh, "OPENING_SECONDS", 1.0)
    await watched.use(SshTunnel(settings, listener))
    await watched.up()
    sshd.signal(signal.SIGSTOP)
    assert "broke off" in str((await watched.down()).values["reason"])
    assert "does not answer" in str((await watched.down(CheckVerdict.SSH_UNREACHABLE)).values["reason"])
    sshd.signal(signal.SIGCONT)
    await watched.up()
    assert await answer_of(REMOTE) == ANSWER


async def test_a_killed_session_comes_back(
    watched: WatchedTunnel, listener: Address, sshd: RealServer, key_file: Path
) -> None:
    settings = settings_for(sshd, key_file)
    await watched.use(SshTunnel(settings, listener))
    await watched.up()
    sshd.end_sessions()
    await watched.down()
    await watched.up()
    assert await answer_of(REMOTE) == ANSWER


@pytest.mark.parametrize("server", ["sshd"], indirect=True)
async def test_the_port_is_taken_back_from_our_own_dead_session(
    watched: WatchedTunnel, settings: Settings, listener: Address, wire: Wire
) -> None:
    """The server hears of nothing: the old session ends because the new one asks for it."""
    await watched.use(SshTunnel(settings(port=wire.port), listener))
    for _ in range(2):
        await watched.up()
        assert await answer_of(REMOTE) == ANSWER
        wire.fall_silent()
        await watched.down(CheckVerdict.SSH_PORT_IN_USE)
    await watched.up()
    assert await answer_of(REMOTE) == ANSWER


async def test_gateway_ports_no_is_reported(
    watched: WatchedTunnel, listener: Address, sshd: RealServer, key_file: Path
) -> None:
    """sshd listens on 127.0.0.1 only; from 127.0.0.2, which is this machine as well, the port is closed."""
    settings = settings_for(sshd, key_file, host="127.0.0.2", remote_host="0.0.0.0")  # noqa: S104 - it is asked for
    await watched.use(SshTunnel(settings, listener))
    assert (await watched.up()).verdict is CheckVerdict.SSH_GATEWAY_PORTS
