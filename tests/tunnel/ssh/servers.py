"""SSH servers on loopback: asyncssh's own, and Debian's sshd where it is installed."""

import asyncio
import contextlib
import getpass
import os
import signal
import sys
from pathlib import Path
from typing import Protocol

import asyncssh

from tests.ports import free_port

SSHD = Path("/usr/sbin/sshd")
PASSWORD = "correct horse"


class Server(Protocol):
    """A server that takes the key file of the test."""

    port: int
    user: str
    key: asyncssh.SSHKey
    """Host key."""

    async def start(self) -> None: ...
    async def stop(self) -> None:
        """End it with all sessions."""


class _Policy(asyncssh.SSHServer):
    """Takes the test's key or password, and all forwarding."""

    def __init__(self, served: "OwnServer") -> None:
        self._served = served

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._served.connections.append(conn)
        self._served.met.set()

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return password == PASSWORD

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:
        self._served.asked_for.append((dest_host, dest_port))
        return True

    def server_requested(self, listen_host: str, listen_port: int) -> bool:
        return self._served.forwards


class OwnServer:
    """asyncssh's server, in the loop of the test."""

    def __init__(self, authorized: Path, port: int = 0) -> None:
        self.port, self.user = port or free_port(), "wx"
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.forwards = True
        self.connections: list[asyncssh.SSHServerConnection] = []
        self.asked_for: list[tuple[str, int]] = []
        self.met = asyncio.Event()
        self._authorized = str(authorized)

    async def start(self) -> None:
        self._acceptor = await asyncssh.create_server(
            lambda: _Policy(self),
            "127.0.0.1",
            self.port,
            server_host_keys=[self.key],
            authorized_client_keys=self._authorized,
            reuse_address=True,
        )

    async def stop(self) -> None:
        self._acceptor.close()
        for connection in self.connections:
            connection.abort()
        self.connections.clear()


class RealServer:
    """Debian's sshd as this user, without PAM and without what this user's shell does at a start."""

    def __init__(self, authorized: Path, folder: Path, more: str = "") -> None:
        self.port, self.user = free_port(), getpass.getuser()
        self._folder = folder
        self.change_host_key()
        (folder / "config").write_text(
            f"""Port {self.port}
ListenAddress 127.0.0.1
ListenAddress 127.0.0.2
HostKey {folder}/host_key
AuthorizedKeysFile {authorized}
PidFile none
StrictModes no
UsePAM no
SetEnv HOME={folder}
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
PerSourcePenalties no
{more}
""",
            encoding="utf-8",
        )
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)

    def change_host_key(self) -> None:
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        file = self._folder / "host_key"
        file.unlink(missing_ok=True)
        file.touch(0o600)
        self.key.write_private_key(file)

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            SSHD, "-D", "-e", "-f", str(self._folder / "config"), start_new_session=True,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        self.signal(signal.SIGKILL)
        await self._process.wait()

    def signal(self, number: int) -> None:
        """Signal the server and all of its sessions, which have left its process group."""
        if sys.platform != "win32":
            for pid in (*_descendants(self._process.pid), self._process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)

    def end_sessions(self) -> None:
        """Kill the processes of all sessions, so that only the server itself is left."""
        for pid in _descendants(self._process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _descendants(pid: int) -> list[int]:
    """The children of a process and theirs, the deepest first."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
            if parent == pid:
                child = int(stat.parent.name)
                found += [*_descendants(child), child]
    return found
