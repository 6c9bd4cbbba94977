"""Our own former session on the server, which may keep the port for an hour.

A server notices a silent client late: without `ClientAliveInterval` after a quarter of an hour, or two. Where the login
may run commands, the session's process is asked for by `echo $PPID`, and the next login ends it. Where it may not,
nothing happens, and the port is waited for.
"""

import asyncio
import contextlib

import asyncssh


class FormerSession:
    """Number of the process that serves us there; empty if unknown."""

    def __init__(self) -> None:
        self._process = ""

    async def note(self, connection: asyncssh.SSHClientConnection, seconds: float) -> None:
        """Ask for the process of the present session, which will be the former one."""
        self._process = ""
        answer = await _run(connection, "echo $PPID", seconds)
        if answer.isascii() and answer.isdigit():
            self._process = answer

    async def end(self, connection: asyncssh.SSHClientConnection, seconds: float) -> None:
        """Ask the former session to end, if that process still is one of sshd's."""
        if self._process:
            number, self._process = self._process, ""
            await _run(connection, f"ps -o args= -p {number} | grep -q sshd && kill {number}", seconds)


async def _run(connection: asyncssh.SSHClientConnection, command: str, seconds: float) -> str:
    """Run a command; return its output, empty if it cannot be run."""
    with contextlib.suppress(TimeoutError, OSError, asyncssh.Error):
        async with asyncio.timeout(seconds):
            ended = await connection.run(command, stdin=asyncssh.DEVNULL)
            return str(ended.stdout or "").strip()
    return ""
