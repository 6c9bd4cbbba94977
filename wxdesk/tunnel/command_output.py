"""Output of a tunnel's program: what it tells of its address and its troubles.

What it prints may hold its token, so no line of it is logged, and what is shown of an error is masked first.
"""

import asyncio
import http.client
import json
import re
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from wxdesk.core.errors import Phrase, Text
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.public_url import cleaned_url
from wxdesk.core.setup.tunnel_state import TunnelEnd, TunnelUp
from wxdesk.tunnel.presets import ANY_OTHER, Program, StatusPage

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
