"""A server that gives tokens properly and leaves every other request to the test."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """Its URL."""

    async def token(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(text='{"access_token":"71_raw","expires_in":7200}')

    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_post("/cgi-bin/stable_token", token)
    app.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
