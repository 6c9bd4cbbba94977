"""One call of the simulated API, and the shapes of its answers.

Every answer has HTTP status 200 and Content-Type text/plain, also a refusal; only a picture comes as itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import msgspec
from aiohttp import web

from wxdesk.sandbox.platform.errors import Refusal
from wxdesk.sandbox.platform.platform import MiniProgram


@dataclass(frozen=True, slots=True)
class Call:
    """A request with its body (empty for an upload, whose parts are read one by one)."""

    request: web.Request
    body: bytes
    program: MiniProgram | None = None

    @property
    def caller(self) -> MiniProgram:
        """The mini program that its access_token names."""
        if self.program is None:
            raise Refusal(41001)
        return self.program

    @property
    def address(self) -> str:
        """Where it comes from."""
        return self.request.remote or ""


type Act = Callable[[Call], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path under /cgi-bin; `group` is the name that faults call it by. Without `by_token`, it asks for the secret."""

    method: str
    path: str
    group: str
    act: Act
    by_token: bool = True

    @property
    def secretive(self) -> bool:
        """True if its body and answer hold secrets."""
        return not self.by_token


def answer(fields: Mapping[str, object]) -> web.Response:
    """A JSON answer."""
    return web.Response(body=msgspec.json.encode(fields), content_type="text/plain")


def ok(**fields: object) -> web.Response:
    """A good answer with errcode 0 and what belongs to it."""
    return answer({"errcode": 0, "errmsg": "ok", **fields})
