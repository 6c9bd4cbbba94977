"""One call of the simulated API, and the shapes of its answers.

Every answer, also a refusal, has status 200 and Content-Type text/plain; only a picture has its own type.
"""

from collections.abc import Awaitable, Callable, Mapping

import msgspec
from aiohttp import web
from msgspec import Struct

from wxdesk.sandbox.platform.errors import ApiRefusal
from wxdesk.sandbox.platform.program import MiniProgram


class ApiRequest(Struct, frozen=True):
    """A request with its body (empty for an upload, whose parts are read one by one)."""

    request: web.Request
    body: bytes
    program: MiniProgram | None = None

    @property
    def caller(self) -> MiniProgram:
        """The mini program that the access_token belongs to."""
        if self.program is None:
            raise ApiRefusal(41001)
        return self.program

    @property
    def address(self) -> str:
        """IP address of the caller."""
        return self.request.remote or ""


type Act = Callable[[ApiRequest], Awaitable[web.Response]]


class Endpoint(Struct, frozen=True):
    """A path under /cgi-bin; `group` in faults; carries secrets unless `by_token`."""

    method: str
    path: str
    group: str
    act: Act
    by_token: bool = True


def answer(fields: Mapping[str, object]) -> web.Response:
    """Make a JSON answer."""
    return web.Response(body=msgspec.json.encode(fields), content_type="text/plain")


def ok(**fields: object) -> web.Response:
    """Make an answer with errcode 0 and the given fields."""
    return answer({"errcode": 0, "errmsg": "ok", **fields})
