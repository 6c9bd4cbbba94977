"""Fetches pictures from a push's own address, if WeChat's API has them no longer.

The addresses in a push are written by a stranger, and following them could lead anywhere: to this machine's
own services, to the router, to a server that learns who works here. So only WeChat's picture servers count,
given by name, at their ordinary port, on a public address, and no redirect is followed. Nothing that
identifies this desk is sent.
"""

import re

from wxdesk.core.errors import BadPicture, NotSent
from wxdesk.wechat.http import LARGEST_PICTURE, TOO_LARGE, TooLargeError
from wxdesk.wechat.pinned import Locate, PinnedHttp, public_address

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


class PictureHosts:
    """Fetches from WeChat's picture servers only."""

    def __init__(self, locate: Locate | None = None, *, deadline: float = DEADLINE_SECONDS) -> None:
        self._locate = locate or public_address
        self._http = PinnedHttp(deadline)
        self.close = self._http.close

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
            status, body = await self._http.ask(
                "GET", scheme, host, _PORTS[scheme], found["path"] or "/", locate=self._locate, most=LARGEST_PICTURE
            )
        except NotSent:
            raise NotSent(_UNREACHABLE) from None
        except TooLargeError:
            raise BadPicture(TOO_LARGE) from None
        if status >= 500:
            raise NotSent(_UNREACHABLE)
        return body if status == 200 and body else None
