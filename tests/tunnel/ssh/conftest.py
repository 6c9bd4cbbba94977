"""Keys, servers and a listener for tunnels to lead to."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncssh
import pytest

from tests.tunnel.ssh.servers import SSHD, OwnServer, RealServer, Server
from tests.tunnel.watching import WatchedTunnel
from wxdesk.desk.setup import tunnel as supervision
from wxdesk.tunnel import ssh

ANSWER = b"this is the desk"


@pytest.fixture
async def watched(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WatchedTunnel]:
    monkeypatch.setattr(supervision, "FIRST_WAIT", 0.02)
    monkeypatch.setattr(supervision, "LONGEST_WAIT", 0.1)
    for name, value in (
        ("OPENING_SECONDS", 5.0),
        ("KEEPALIVE_SECONDS", 0.1),
        ("UNANSWERED", 9),
        ("LOOKING_SECONDS", 1.0),
    ):
        monkeypatch.setattr(ssh, name, value)
    made = WatchedTunnel()
    yield made
    await made.tunnel.stop()


@pytest.fixture
async def listener() -> AsyncIterator[tuple[str, int]]:
    """What stands for the desk's listener: it answers a line and hangs up."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.readline():
            writer.write(ANSWER)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[:2]
    server.close()


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(tmp_path / "key")
    key.write_public_key(tmp_path / "key.pub")
    (tmp_path / "key").chmod(0o600)
    return tmp_path / "key"


@pytest.fixture(params=["asyncssh", "sshd"])
async def server(request: pytest.FixtureRequest, key_file: Path, tmp_path: Path) -> AsyncIterator[Server]:
    """Each kind of server in turn."""
    public = key_file.with_suffix(".pub")
    if request.param == "sshd" and not SSHD.exists():
        pytest.skip("no sshd is installed")
    made: Server = OwnServer(public) if request.param == "asyncssh" else RealServer(public, tmp_path)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def sshd(key_file: Path, tmp_path: Path) -> AsyncIterator[RealServer]:
    if not SSHD.exists():
        pytest.skip("no sshd is installed")
    made = RealServer(key_file.with_suffix(".pub"), tmp_path)
    await made.start()
    yield made
    await made.stop()
