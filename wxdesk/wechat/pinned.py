"""HTTP to a host whose address was checked first, and to no other.

Connected to by number: a second look-up of the name could lead elsewhere than the one checked. No redirect is
followed, and nothing that identifies this desk is sent.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping

import httpx2

from wxdesk.core.errors import NotSent
from wxdesk.core.setup.public_url import bracketed, leads_inside
from wxdesk.wechat.http import authorities, read_response

type Locate = Callable[[str, int], Awaitable[tuple[str, int]]]
"""Resolves a host and port to an address to connect to; raises `NotSent`."""

UNREACHABLE = "the address cannot be reached"
PRIVATE = "the address is inside a private network"


class PinnedHttp:
    """Client for addresses that others chose; a call ends within `deadline` seconds."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._client = httpx2.AsyncClient(
            verify=authorities(),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx2.Timeout(None, connect=deadline * 0.4),
            limits=httpx2.Limits(max_connections=4, max_keepalive_connections=0),
            headers={"User-Agent": "wxdesk", "Accept-Encoding": "identity"},
        )

    async def ask(  # noqa: PLR0913 - a request, part by part
        self,
        method: str,
        scheme: str,
        host: str,
        port: int,
        path: str,
        *,
        locate: Locate,
        most: int,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> tuple[int, bytes]:
        """Return status and body of the answer.

        Raises:
            NotSent: `locate` refuses the host, or no answer came; a `TimeoutError` is its cause if it came too late.
            TooLargeError: the answer has more than `most` bytes; the rest was not read.
        """
        named = bracketed(host)
        usual = port == {"http": 80, "https": 443}[scheme]
        try:
            async with asyncio.timeout(self._deadline):
                place, at = await locate(host, port)
                request = self._client.build_request(
                    method,
                    f"{scheme}://{bracketed(place)}:{at}{path}",
                    headers={"Host": named if usual else f"{named}:{port}", **(headers or {})},
                    content=body,
                    extensions={"sni_hostname": host},
                )
                return await read_response(self._client, request, most)
        except (TimeoutError, httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise NotSent(UNREACHABLE) from (error if isinstance(error, TimeoutError) else None)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()


async def any_address(host: str, port: int) -> tuple[str, int]:
    """Resolve `host`, wherever it leads; raises `NotSent`."""
    return (await _addresses(host, port))[0], port


async def public_address(host: str, port: int) -> tuple[str, int]:
    """Resolve `host` to a public address; raises `NotSent` if any is not public."""
    places = await _addresses(host, port)
    if any(map(leads_inside, places)):
        raise NotSent(PRIVATE)
    return places[0], port


async def _addresses(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotSent(UNREACHABLE) from None
    if not found:
        raise NotSent(UNREACHABLE)
    return [str(entry[4][0]) for entry in found]
