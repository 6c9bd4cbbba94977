"""A WeChat that runs on this machine: start it, point a desk at its URL, and let customers write.

It answers on loopback, and then only to requests that name loopback as their host, so that no web page in a browser
can reach it under a name of its own; another address has to be asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from wxdesk.desk.ports.store import Clock
from wxdesk.keychain import SecretName, variable
from wxdesk.sandbox import pictures
from wxdesk.sandbox.api.dispatch import Api
from wxdesk.sandbox.control.server import Control
from wxdesk.sandbox.demo_customers import COVER_MEDIA_ID, TORN_BOX_MEDIA_ID, demo_account
from wxdesk.sandbox.platform.clock import MovableClock, now
from wxdesk.sandbox.platform.contacts import Side
from wxdesk.sandbox.platform.errors import Refusal
from wxdesk.sandbox.platform.faults import Faults
from wxdesk.sandbox.platform.platform import MiniProgram, Platform, Sent
from wxdesk.sandbox.push import bodies
from wxdesk.sandbox.push.delivery import PushWay
from wxdesk.sandbox.push.journal import Journal
from wxdesk.sandbox.push.pusher import DEADLINE_SECONDS, Pusher, PushOutcome

HOST = "127.0.0.1"

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_LARGEST_REQUEST = 12 * 1024 * 1024


class Sandbox:
    """The simulated WeChat with its mini programs, customers and faults.

    Without `programs` it has the one of `customers.demo_account`. `push_deadline` is how long it waits for a
    listener's answer, in seconds.
    """

    def __init__(
        self,
        programs: Iterable[MiniProgram] = (),
        *,
        port: int = 0,
        host: str = HOST,
        clock: Clock = now,
        push_deadline: float = DEADLINE_SECONDS,
    ) -> None:
        self.clock = MovableClock(clock)
        self.platform = Platform(tuple(programs) or (MiniProgram(*demo_account()),), self.clock)
        self.platform.media.put(pictures.cover(), COVER_MEDIA_ID)
        self.platform.media.put(pictures.torn_box(), TORN_BOX_MEDIA_ID)
        self.platform.on_sent = self._tell
        self.platform.on_change = self._changed
        self.faults = Faults(self.clock)
        self.journal = Journal()
        self.journal.on_change = self._changed
        self.on_change: Callable[[], None] = lambda: None
        self.url = ""
        self._host = host
        self._port = port
        self._api = Api(self.platform, self.faults, self.journal)
        self._pusher = Pusher(self.clock, deadline=push_deadline)
        self.way = PushWay(self.platform, self.faults, self.journal, self._pusher)
        self._runner: web.AppRunner | None = None
        self._arrived = asyncio.Event()

    async def start(self) -> str:
        """Listen; the base URL of the API. Raises `OSError` if the port is taken."""
        app = web.Application(middlewares=[guard(loopback=self._host in _LOOPBACK)], client_max_size=_LARGEST_REQUEST)
        app.add_routes(self._api.routes())
        app.add_routes(Control(self).routes())
        app.add_routes([web.get("/pictures/{media_id}", self._picture)])
        # No access log: it would write tokens and secrets.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self.url = f"http://{_called(self._host)}:{self._runner.addresses[0][1]}"
        return self.url

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        self._api.release()
        await self.way.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def sent(self) -> tuple[Sent, ...]:
        """Everything that was accepted for customers so far, oldest first."""
        return tuple(self.platform.sent)

    def set_push_url(self, push_url: str, account: str = "") -> None:
        """Push to this address from now on; the first account's if none is named."""
        self.platform.set_push_url(account, push_url)

    async def verify_push_url(self, account: str = "") -> bool:
        """Ask the push URL WeChat's question (URL verification); True if it was answered rightly."""
        return await self._pusher.verify(self.platform.program(account))

    async def say(self, openid: str, text: str, account: str = "") -> PushOutcome:
        """A customer writes a text."""
        msg_id = self.platform.wrote(self.platform.program(account), openid, "text", {"content": text})
        return await self.push(openid, bodies.text(text, msg_id), account)

    async def show(self, openid: str, media_id: str = TORN_BOX_MEDIA_ID, account: str = "") -> PushOutcome:
        """A customer sends a picture, by default one that the platform has; media/get refuses what it has not."""
        msg_id = self.platform.wrote(self.platform.program(account), openid, "image", {"media_id": media_id})
        fields = bodies.image(f"{self.url}/pictures/{media_id}", media_id, msg_id)
        return await self.push(openid, fields, account)

    async def show_own(self, openid: str, data: bytes, account: str = "") -> PushOutcome:
        """A customer sends a picture of his own; raises `Refusal` if it is none, or too large."""
        app_id = self.platform.program(account).account.app_id
        return await self.show(openid, self.platform.media.put(data, app_id=app_id).media_id, account)

    async def send_card(self, openid: str, title: str, page_path: str, account: str = "") -> PushOutcome:
        """A customer sends a mini-program card."""
        program = self.platform.program(account)
        content = {"title": title, "pagepath": page_path}
        msg_id = self.platform.wrote(program, openid, "miniprogrampage", content)
        return await self.push(openid, bodies.card(title, program.account.app_id, page_path, msg_id), account)

    async def enter(self, openid: str, session_from: str = "", account: str = "") -> PushOutcome:
        """A customer enters the chat by the mini program's button."""
        self.platform.entered(self.platform.program(account), openid, session_from)
        return await self.push(openid, bodies.enter(session_from), account)

    async def push(self, openid: str, fields: bodies.Fields, account: str = "") -> PushOutcome:
        """Push any body; planned faults for pushes apply, and so does a session in WeChat's own tool."""
        return await self.way.push(self.platform.program(account), openid, fields)

    def say_from_tool(self, openid: str, text: str, account: str = "") -> None:
        """Somebody writes to a customer in WeChat's own customer-service tool, which no back end hears of."""
        program = self.platform.program(account)
        self.platform.contact(program, openid).session.takes(self.clock())
        self.platform.tell(program, openid, Side.TOOL, "text", text)

    def forward(self, seconds: float) -> None:
        """Let so much time pass at once for tokens, windows, media, limits and timed faults."""
        self.clock.forward(timedelta(seconds=seconds))
        self._changed()

    async def wait_for_reply(self, openid: str, after: int = 0) -> Sent:
        """The first message accepted for `openid` behind the first `after` of all; waits for it."""
        while True:
            for sent in self.platform.sent[after:]:
                if sent.openid == openid:
                    return sent
            await self._arrived.wait()

    def facts(self) -> dict[str, str]:
        """What a desk must be told to use this WeChat, by the names of config.toml and the environment."""
        program = self.platform.program()
        account, secret = program.account, program.credentials
        prefix = variable(account.name, SecretName.APP_SECRET).removesuffix("APP_SECRET")
        return {
            "api_base": self.url,
            "control": f"{self.url}/control",
            "name": account.name,
            "app_id": account.app_id,
            "original_id": account.original_id,
            "push_mode": account.push_mode.value,
            "format": program.format.value,
            prefix + "APP_SECRET": secret.app_secret,
            prefix + "PUSH_TOKEN": secret.push_token,
            prefix + "ENCODING_AES_KEY": secret.encoding_aes_key,
        }

    def _changed(self) -> None:
        self.on_change()

    def _tell(self, sent: Sent) -> None:
        arrived, self._arrived = self._arrived, asyncio.Event()
        arrived.set()

    async def _picture(self, request: web.Request) -> web.Response:
        try:
            medium = self.platform.media.get(request.match_info["media_id"])
        except Refusal:
            raise web.HTTPNotFound from None
        return web.Response(body=medium.data, content_type=medium.content_type)


def _called(host: str) -> str:
    """By which name this machine reaches what listens on `host`."""
    if host in ("", "0.0.0.0", "::"):  # noqa: S104 - not bound here, but understood
        return HOST
    return f"[{host}]" if ":" in host else host


def guard(*, loopback: bool) -> Middleware:
    """Refuse whoever steers from a foreign web page; with `loopback` also whoever is not this machine.

    A web page in a browser on this machine can call loopback, even under a name of its own; it cannot hide its origin
    or the name that it called.
    """

    @web.middleware
    async def refuse_strangers(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.headers.get("Origin", f"http://{request.host}") != f"http://{request.host}":
            raise web.HTTPForbidden
        if loopback and ((request.url.host or "") not in _LOOPBACK or request.remote not in _LOOPBACK):
            raise web.HTTPForbidden
        return await handler(request)

    return refuse_strangers
