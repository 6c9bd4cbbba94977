"""Tunnel by another program: started on a leash, read, ended with its children.

No program is ever downloaded.
"""

import asyncio
import contextlib
import os
import re
import shutil
import subprocess
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable
from pathlib import Path
from typing import cast

from wxdesk.config.tunnel import TunnelSettings
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.tunnel_state import TunnelEnd, TunnelUp
from wxdesk.paths import own_command
from wxdesk.tunnel.command_output import CommandOutput
from wxdesk.tunnel.leash import GRACE_SECONDS
from wxdesk.tunnel.presets import ANY_OTHER, PROGRAMS

_LONGEST_LINE = 8192
"""Bytes; the rest of a longer line is not looked at."""

_HTTPS_PROXY = re.compile(r"^\s*\"?type\"?\s*[=:]\s*\"?https\b", re.MULTILINE)

CONNECTING_SECONDS, LOOKING_SECONDS = 30.0, 1.0
"""Time until a program should be connected, and between two looks at its page."""


def find_program(tunnel: TunnelSettings, home: Path) -> tuple[str | None, dict[str, str]]:
    """Find the program's file, in the home folder too; and what a finding says of it."""
    name, where = tunnel.command_to(0)[0], PROGRAMS.get(tunnel.preset, ANY_OTHER).where
    found = shutil.which(name, path=os.environ.get("PATH")) or shutil.which(str(home / name))
    return found, {"program": name} | ({"where": where} if where else {})


class CommandTunnel:
    """The program of a preset, or any other; it leads to the listener's `port`.

    It runs in the folder `home`, so that its own configuration can stand there.
    """

    def __init__(self, tunnel: TunnelSettings, port: int, home: Path, *, public_url: str = "") -> None:
        self._program = PROGRAMS.get(tunnel.preset, ANY_OTHER)
        self._tunnel = tunnel
        self._port = port
        self._home = home
        self._public_url = public_url

    def check(self) -> None:
        """See `desk.ports.TunnelDriver.check`; the program looks after itself."""

    async def run(self, report: Callable[[TunnelUp | TunnelEnd], None]) -> TunnelEnd:
        """See `desk.ports.TunnelDriver.run`."""
        name, *arguments = self._tunnel.command_to(self._port)
        path, values = find_program(self._tunnel, self._home)
        if path is None:
            return TunnelEnd(CheckVerdict.TUNNEL_MISSING, values)
        note = CheckVerdict.FRP_PASSTHROUGH if self._passes_https_through(arguments) else CheckVerdict.OK
        output = CommandOutput(self._program, Path(name).stem, self._port, self._public_url, report, note)
        process = await _start([path, *arguments], self._home)
        try:
            async with asyncio.TaskGroup() as tasks:
                following = [
                    tasks.create_task(_read_output(process, output)),
                    tasks.create_task(output.ask_page(LOOKING_SECONDS)),
                    tasks.create_task(output.be_patient(CONNECTING_SECONDS)),
                ]
                code = await process.wait()
                for task in following:
                    task.cancel()
            return output.ended(code)
        finally:
            await _end(process)

    def _passes_https_through(self, arguments: list[str]) -> bool:
        """Tell if frpc's configuration has a proxy of type https."""
        if self._program is not PROGRAMS["frpc"] or "-c" not in arguments[:-1]:
            return False
        file = self._home / arguments[arguments.index("-c") + 1]
        try:
            return _HTTPS_PROXY.search(file.read_text(encoding="utf-8", errors="replace")) is not None
        except OSError:
            return False


async def _start(command: list[str], folder: Path) -> Process:
    """Start a program on a leash.

    Cancelled meanwhile, it lets the leash go; asyncio itself would kill the launcher alone, and wait for ever for
    programs that the launcher can no longer end.
    """
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *own_command(),
            "--leash",
            *command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=STDOUT,
            cwd=folder,
            # Some of our own variables are secrets.
            env={name: value for name, value in os.environ.items() if not name.startswith("WXDESK_")},
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        with contextlib.suppress(OSError):
            await _end(await starting)
        raise


async def _read_output(process: Process, output: CommandOutput) -> None:
    """Read to the end; a program whose output nobody takes stands still."""
    stdout, rest = cast("asyncio.StreamReader", process.stdout), b""
    while chunk := await stdout.read(_LONGEST_LINE):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            output.read_line(line[:_LONGEST_LINE].decode(errors="replace"))
        rest = rest[:_LONGEST_LINE]


async def _end(process: Process) -> None:
    """Let the leash go and wait until nothing is left."""
    cast("asyncio.StreamWriter", process.stdin).close()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(2 * GRACE_SECONDS):
            stdout = cast("asyncio.StreamReader", process.stdout)
            while await stdout.read(_LONGEST_LINE):
                pass  # a program that cannot write does not end, and nobody wants to keep what it writes
            await process.wait()
    if process.returncode is None:
        process.kill()
