"""Fetches pictures from a push's own address, if WeChat's API has them no longer.

The addresses in a push are written by a stranger, and following them could lead anywhere: to this machine's
own services, to the router, to a server that learns who works here. So only WeChat's picture servers count,
given by name, at their ordinary port, on a public address, and no redirect is followed. Nothing that
identifies this desk is sent.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable

import httpx2

from wxdesk.core.errors import BadPicture, NotSent
from wxdesk.core.setup.public_url import is_private
from wxdesk.wechat.http import LARGEST_PICTURE, TOO_LARGE, TooLargeError, authorities, read_response

DEADLINE_SECONDS = 60.0

# PicUrl is at *.qpic.cn in every push that was ever shown in public, portraits and covers are at *.qlogo.cn. The
# whole address is one pattern, so that no second reading of it can find another host in it.
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,4}(?:qpic|qlogo)\.cn)"
    r"(?::(?P<port>80|443))?(?P<path>/[!-\[\]-~]{0,2000})?",
    re.IGNORECASE,
)
_PORTS = {"http": 80, "https": 443}

_UNREACHABLE = "the picture's address cannot be reached"

type Locate = Callable[[str, int], Awaitable[tuple[str, int]]]
"""Resolves a host and port to an address to connect to; raises `NotSent`."""


class PictureHosts:
    """Fetches from WeChat's picture servers only."""

    def __init__(self, locate: Locate | None = None, *, deadline: float = DEADLINE_SECONDS) -> None:
        self._locate = locate or public_address
        self._deadline = deadline
        self._client = httpx2.AsyncClient(
            verify=authorities(),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx2.Timeout(None, connect=deadline * 0.4),
            limits=httpx2.Limits(max_connections=4, max_keepalive_connections=0),
            headers={"User-Agent": "wxdesk", "Accept-Encoding": "identity"},
        )

    async def fetch(self, address: str) -> bytes | None:
        """Fetch the bytes at `address`; None if it is not WeChat's or is empty.

        Raises:
            BadPicture: it is larger than a picture may be.
            NotSent: it cannot be reached now.
        """
        found = _ADDRESS.fullmatch(address)
        if found is None:
            return None
        scheme, host = found["scheme"].lower(), found["host"].lower()
        if int(found["port"] or _PORTS[scheme]) != _PORTS[scheme]:
            return None
        try:
            async with asyncio.timeout(self._deadline):
                place, port = await self._locate(host, _PORTS[scheme])
                # Connected to by number: a second look-up of the name could lead elsewhere than the one checked.
                request = self._client.build_request(
                    "GET",
                    f"{scheme}://{f'[{place}]' if ':' in place else place}:{port}{found['path'] or '/'}",
                    headers={"Host": host},
                    extensions={"sni_hostname": host},
                )
                status, body = await read_response(self._client, request, LARGEST_PICTURE)
        except (TimeoutError, httpx2.HTTPError, httpx2.InvalidURL):
            raise NotSent(_UNREACHABLE) from None
        except TooLargeError:
            raise BadPicture(TOO_LARGE) from None
        if status >= 500:
            raise NotSent(_UNREACHABLE)
        return body if status == 200 and body else None

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()


async def public_address(host: str, port: int) -> tuple[str, int]:
    """Resolve `host` to a public address; raises `NotSent` if any is not public."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise NotSent(_UNREACHABLE) from None
    places = [str(entry[4][0]) for entry in found]
    if not places or any(is_private(ipaddress.ip_address(place.partition("%")[0])) for place in places):
        raise NotSent(_UNREACHABLE)
    return places[0], port
