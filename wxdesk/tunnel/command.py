"""Tunnel by another program: started on a leash, read, ended with its children.

No program is ever downloaded. What it prints may hold its token, so no line of it is logged, and what is shown of an
error is masked first.
"""

import asyncio
import contextlib
import http.client
import json
import os
import re
import shutil
import subprocess
import urllib.request
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from wxdesk.config.tunnel import TunnelSettings
from wxdesk.core.errors import Phrase, Text
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.public_url import cleaned_url
from wxdesk.core.setup.tunnel_state import TunnelEnd, TunnelUp
from wxdesk.paths import own_command
from wxdesk.tunnel.leash import GRACE_SECONDS
from wxdesk.tunnel.presets import ANY_OTHER, PROGRAMS, Program, StatusPage

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_TOKEN_LIKE = re.compile(r"(?=[A-Za-z_-]*\d)(?=[\d_-]*[A-Za-z])[A-Za-z0-9_-]{12,}|[A-Za-z0-9_-]{24,}")
_REQUEST = re.compile(r"\bHTTP/\d|\b(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT) ")
"""Line about a request; whoever sent it may have written an address into it."""

_LONGEST_TEXT = 200
_OWN_HOSTS = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 - those of a program's own pages
_PAGE_SECONDS = 2.0
_LARGEST_PAGE = 64 * 1024


@dataclass(eq=False, repr=False)
class CommandOutput:
    """Reader of one run of a program; tells `report` what changes.

    `public_url` is the address that WeChat's console has; another one is told as renamed. `note` is told of a tunnel
    that stands and does not name its address.
    """

    _program: Program
    _name: str
    _port: int
    _public_url: str
    _report: Callable[[TunnelUp | TunnelEnd], None]
    _note: CheckVerdict = CheckVerdict.OK

    def __post_init__(self) -> None:
        self._stands = False
        self._url = ""
        self._said = ""
        self._page: asyncio.Future[tuple[StatusPage, str]] = asyncio.get_running_loop().create_future()
        if self._program is ANY_OTHER:
            self._connected("")

    def read_line(self, line: str) -> None:
        """Take one line of the output."""
        line = _COLOURS.sub("", line).rstrip()
        status = self._program.status
        if status and not self._page.done() and (found := status.line.search(line)):
            self._page.set_result((status, f"http://{found['at']}{status.path}"))
        if _REQUEST.search(line):
            return
        if found := self._program.connected.search(line):
            self._connected(next((url for url in found.groupdict().values() if url), ""))
        elif self._stands and self._program.lost.search(line):
            self._stands = False
            self._down(Phrase("{program} has lost its connection and tries again", program=self._name))
        elif not self._stands and (found := self._program.error.search(line)):
            self._said = _masked(next(text for text in found.groupdict().values() if text))
            self._down(self._reason())

    async def ask_page(self, seconds: float) -> None:
        """Ask the program's own page, once it names one, until it tells the address."""
        status, page = await self._page
        while True:
            url = status.url(await asyncio.to_thread(_read_page, page), self._port)
            if url:
                self._connected(url)
                return
            await asyncio.sleep(seconds)

    async def be_patient(self, seconds: float) -> None:
        """Tell that a program has not connected after so many seconds; it goes on trying."""
        await asyncio.sleep(seconds)
        if not self._stands and not self._said:
            self._down(Phrase("{program} has not said yet that it is connected", program=self._name))

    def ended(self, code: int) -> TunnelEnd:
        """Explain the end of the program."""
        if self._said:
            return TunnelEnd(CheckVerdict.TUNNEL_DOWN, {"reason": self._reason()})
        reason = Phrase("{program} has ended with code {code}", program=self._name, code=code)
        return TunnelEnd(CheckVerdict.TUNNEL_DOWN, {"reason": reason})

    def _connected(self, url: str) -> None:
        host = _host(url)
        if host is None or host in _OWN_HOSTS:
            return
        if self._program is ANY_OTHER and self._url and host != _host(self._url):
            return  # the first is the program's own; strangers can have others printed once it is connected
        # Some print http and https of the same name; the secure one is shown.
        if host and not (host == _host(self._url) and self._url.startswith("https:")):
            self._url = cleaned_url(url)
        self._stands, self._said = True, ""
        self._report(self._up())

    def _up(self) -> TunnelUp:
        if not self._url:
            return TunnelUp(self._public_url, self._note)
        if self._public_url and _host(self._public_url) != _host(self._url):
            values = {"url": self._url, "former": self._public_url}
            return TunnelUp(self._url, CheckVerdict.TUNNEL_RENAMED, values)
        return TunnelUp(self._url)

    def _reason(self) -> Phrase:
        return Phrase("{program} says: {text}", program=self._name, text=self._said)

    def _down(self, reason: Text) -> None:
        self._report(TunnelEnd(CheckVerdict.TUNNEL_DOWN, {"reason": reason}))


def _host(url: str) -> str | None:
    """Return the name in an address; empty for none, None if it is no address at all."""
    try:
        parts = urlsplit(url)
        return None if parts.username or parts.port == 0 else parts.hostname or ""
    except ValueError:
        return None


def _masked(text: str) -> str:
    """Shorten a foreign text; hide what may be a token, and what cannot be shown."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return _TOKEN_LIKE.sub("***", shown.strip())[:_LONGEST_TEXT]


def _read_page(url: str) -> object:
    """Read JSON from a page on this machine, past any proxy; None if there is none."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=_PAGE_SECONDS) as page:
            return json.loads(page.read(_LARGEST_PAGE))
    except (OSError, ValueError, RecursionError, http.client.HTTPException):
        return None


_LONGEST_LINE = 8192
"""Bytes; the rest of a longer line is not looked at."""

_HTTPS_PROXY = re.compile(r"^\s*\"?type\"?\s*[=:]\s*\"?https\b", re.MULTILINE)


CONNECTING_SECONDS, LOOKING_SECONDS = 30.0, 1.0
"""Time until a program should be connected, and between two looks at its page."""


class CommandTunnel:
    """The program of a preset, or any other; it leads to the listener's `port`.

    It runs in the folder `home`, so that its own configuration can stand there.
    """

    def __init__(self, tunnel: TunnelSettings, port: int, home: Path, *, public_url: str = "") -> None:
        self._program = PROGRAMS.get(tunnel.preset, ANY_OTHER)
        self._command = list(tunnel.command) or self._program.arguments(port)
        self._port = port
        self._home = home
        self._public_url = public_url

    def check(self) -> None:
        """See `desk.ports.TunnelDriver.check`; the program looks after itself."""

    async def run(self, report: Callable[[TunnelUp | TunnelEnd], None]) -> TunnelEnd:
        """See `desk.ports.TunnelDriver.run`."""
        name, *arguments = self._command
        path = shutil.which(name, path=os.environ.get("PATH")) or shutil.which(str(self._home / name))
        if path is None:
            where = {"where": self._program.where} if self._program.where else {}
            return TunnelEnd(CheckVerdict.TUNNEL_MISSING, {"program": name} | where)
        note = CheckVerdict.FRP_PASSTHROUGH if self._passes_https_through() else CheckVerdict.OK
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

    def _passes_https_through(self) -> bool:
        """Tell if frpc's configuration has a proxy of type https."""
        if self._program is not PROGRAMS["frpc"] or "-c" not in self._command[:-1]:
            return False
        file = self._home / self._command[self._command.index("-c") + 1]
        try:
            return _HTTPS_PROXY.search(file.read_text(encoding="utf-8", errors="replace")) is not None
        except OSError:
            return False


def _environment() -> Mapping[str, str]:
    """The desk's environment without our own variables, some of which are secrets."""
    return {name: value for name, value in os.environ.items() if not name.startswith("WXDESK_")}


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
            env=_environment(),
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
