"""Simulated WeChat without HTTP access: customers, WeChat's own tool, and time."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta

from wxdesk.desk.ports import Clock, utc_now
from wxdesk.paths import resource
from wxdesk.sandbox.demo_customers import COVER_MEDIA_ID, TORN_BOX_MEDIA_ID, demo_account
from wxdesk.sandbox.platform.clock import MovableClock
from wxdesk.sandbox.platform.contacts import ChatSide
from wxdesk.sandbox.platform.faults import Faults
from wxdesk.sandbox.platform.platform import Platform, Sent
from wxdesk.sandbox.platform.program import MiniProgram
from wxdesk.sandbox.push import bodies
from wxdesk.sandbox.push.dispatcher import PushDispatcher
from wxdesk.sandbox.push.journal import Journal
from wxdesk.sandbox.push.pusher import DEADLINE_SECONDS, Pusher, PushOutcome
from wxdesk.secrets.names import SecretName, variable


class SimulatedWeChat:
    """The simulated WeChat with its mini programs, customers and faults.

    Without `programs` it has the one of `demo_customers.demo_account`. `push_deadline` is how long it waits for
    a listener's answer, in seconds.
    """

    def __init__(
        self, programs: Iterable[MiniProgram] = (), *, clock: Clock = utc_now, push_deadline: float = DEADLINE_SECONDS
    ) -> None:
        self.clock = MovableClock(clock)
        self.platform = Platform(tuple(programs) or (MiniProgram(*demo_account()),), self.clock)
        self.platform.media.put(resource("sandbox", "cover.png").read_bytes(), COVER_MEDIA_ID)
        self.platform.media.put(resource("sandbox", "torn-box.png").read_bytes(), TORN_BOX_MEDIA_ID)
        self.platform.on_sent = self._wake_waiting
        self.platform.on_change = lambda: self.on_change()
        self.faults = Faults(self.clock)
        self.journal = Journal()
        self.journal.on_change = lambda: self.on_change()
        self.on_change: Callable[[], None] = lambda: None
        self.url = ""
        self._pusher = Pusher(self.clock, deadline=push_deadline)
        self.dispatcher = PushDispatcher(self.platform, self.faults, self.journal, self._pusher)
        self._arrived = asyncio.Event()

    @property
    def sent(self) -> tuple[Sent, ...]:
        """All messages accepted for customers so far, oldest first."""
        return tuple(self.platform.sent)

    def set_push_url(self, push_url: str, account: str = "") -> None:
        """Set an account's push URL; the first account's if none is named."""
        self.platform.change(account, push_url=push_url)

    async def verify_push_url(self, account: str = "") -> bool:
        """Check the push URL as WeChat does; True if it answered correctly."""
        return await self._pusher.verify(self.platform.program(account))

    async def say(self, openid: str, text: str, account: str = "") -> PushOutcome:
        """Let a customer write a text."""
        msg_id = self.platform.wrote(self.platform.program(account), openid, "text", {"content": text})
        return await self.push(openid, bodies.text(text, msg_id), account)

    async def show(self, openid: str, media_id: str = TORN_BOX_MEDIA_ID, account: str = "") -> PushOutcome:
        """Let a customer send a picture; media/get refuses an unknown `media_id`."""
        msg_id = self.platform.wrote(self.platform.program(account), openid, "image", {"media_id": media_id})
        fields = bodies.image(f"{self.url}/pictures/{media_id}", media_id, msg_id)
        return await self.push(openid, fields, account)

    async def send_own_picture(self, openid: str, data: bytes, account: str = "") -> PushOutcome:
        """Let a customer send a picture; raises `ApiRefusal` if invalid or too large."""
        app_id = self.platform.program(account).account.app_id
        return await self.show(openid, self.platform.media.put(data, app_id=app_id).media_id, account)

    async def send_card(self, openid: str, title: str, page_path: str, account: str = "") -> PushOutcome:
        """Let a customer send a mini-program card."""
        program = self.platform.program(account)
        content = {"title": title, "pagepath": page_path}
        msg_id = self.platform.wrote(program, openid, "miniprogrampage", content)
        return await self.push(openid, bodies.card(title, program.account.app_id, page_path, msg_id), account)

    async def enter(self, openid: str, session_from: str = "", account: str = "") -> PushOutcome:
        """Let a customer enter the chat by the mini program's button."""
        self.platform.entered(self.platform.program(account), openid, session_from)
        return await self.push(openid, bodies.enter(session_from), account)

    async def push(self, openid: str, fields: bodies.Fields, account: str = "") -> PushOutcome:
        """Push any body, subject to planned faults and to a session in WeChat's own tool."""
        return await self.dispatcher.push(self.platform.program(account), openid, fields)

    def say_from_tool(self, openid: str, text: str, account: str = "") -> None:
        """Write to a customer from WeChat's own tool, unheard by any back end."""
        program = self.platform.program(account)
        self.platform.contact(program, openid).session.takes(self.clock())
        self.platform.add_line(program, openid, ChatSide.TOOL, "text", text)

    def forward(self, seconds: float) -> None:
        """Move the clock of tokens, windows, media, limits and timed faults forward."""
        self.clock.forward(timedelta(seconds=seconds))
        self.on_change()

    async def wait_for_reply(self, openid: str, after: int = 0) -> Sent:
        """Wait for a message to `openid` behind the first `after` of all, and return it."""
        while True:
            for sent in self.platform.sent[after:]:
                if sent.openid == openid:
                    return sent
            await self._arrived.wait()

    def facts(self) -> dict[str, str]:
        """List what a desk needs, by the names of config.toml and the environment."""
        program = self.platform.program()
        account = program.account
        secrets = {variable(account.name, name): getattr(program.credentials, name) for name in SecretName}
        return {
            "api_base": self.url,
            "control": f"{self.url}/control",
            "name": account.name,
            "app_id": account.app_id,
            "original_id": account.original_id,
            "push_mode": account.push_mode.value,
            "format": program.format.value,
            **secrets,
        }

    def _wake_waiting(self, sent: Sent) -> None:
        arrived, self._arrived = self._arrived, asyncio.Event()
        arrived.set()
