"""A clock that is moved by hand, programs in every push mode, and listeners that answer as told."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aiohttp import web
from msgspec.structs import replace

from wxdesk.core.model.account import PushMode
from wxdesk.core.model.push import BodyFormat
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.sandbox.platform.program import MiniProgram

ACCOUNT, CREDENTIALS = demo_account()
START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
OPENID = "oW7hT5b8VyHq3LmDs0fKc7XjPo2E"


class HandClock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


def program(mode: PushMode = PushMode.SECURE, form: BodyFormat = BodyFormat.JSON, push_url: str = "") -> MiniProgram:
    return MiniProgram(replace(ACCOUNT, push_mode=mode), CREDENTIALS, form, push_url)


@dataclass
class Got:
    """What a listener received."""

    query: dict[str, str]
    body: bytes
    content_type: str


@dataclass
class Ears:
    """A listener; `answers` are (status, body) in turn, the last one for ever, None keeps silent."""

    answers: Sequence[tuple[int, str] | None]
    url: str = ""
    got: list[Got] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    more: asyncio.Event = field(default_factory=asyncio.Event)

    async def heard(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.got) < count:
                self.more.clear()
                await self.more.wait()

    async def hear(self, request: web.Request) -> web.Response:
        got = Got(dict(request.query), await request.read(), request.headers.get("Content-Type", ""))
        self.got.append(got)
        self.more.set()
        answer = self.answers[min(len(self.got), len(self.answers)) - 1]
        if answer is None:
            await self.done.wait()
            return web.Response(status=500)
        return web.Response(status=answer[0], text=answer[1])


@asynccontextmanager
async def listening(*answers: tuple[int, str] | None) -> AsyncIterator[Ears]:
    ears = Ears(answers or ((200, "success"),))
    app = web.Application()
    app.router.add_route("*", "/wx/shop", ears.hear)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ears.url = f"http://127.0.0.1:{runner.addresses[0][1]}/wx/shop"
    try:
        yield ears
    finally:
        ears.done.set()
        await runner.cleanup()
