"""The page at /control, for people who test a back end: HTML, style and script.

Its policy allows nothing but these three files and calls to the sandbox itself, so nothing that a customer
or a back end wrote can load or run anything.
"""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from wxdesk.paths import resource

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
_TYPES = {"control.html": "text/html", "control.css": "text/css", "control.js": "text/javascript"}


def routes() -> list[web.RouteDef]:
    """List the routes of the page and its two files."""
    files = {"": "control.html", "/control.css": "control.css", "/control.js": "control.js"}
    return [web.get(f"/control{path}", _file(name)) for path, name in files.items()]


def _file(name: str) -> Handler:
    text = resource("sandbox", name).read_text(encoding="utf-8")

    async def serve(request: web.Request) -> web.Response:
        return web.Response(text=text, content_type=_TYPES[name], charset="utf-8", headers=_HEADERS)

    return serve
