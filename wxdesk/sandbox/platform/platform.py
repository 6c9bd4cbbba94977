"""State of the simulated WeChat: programs, tokens, contacts and sent messages.

Nothing here speaks HTTP. Calls that WeChat would refuse raise `ApiRefusal` with its errcode, in the order
in which WeChat checks: token, limits, body, contact, kind, content, count.
"""

import dataclasses
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any

from msgspec import Struct

from wxdesk.desk.ports import Clock
from wxdesk.sandbox.platform import message_checks as checks
from wxdesk.sandbox.platform.contacts import ChatLine, ChatSide, KfState, SimulatedContact
from wxdesk.sandbox.platform.errors import ApiRefusal
from wxdesk.sandbox.platform.media import MediaShelf
from wxdesk.sandbox.platform.program import MiniProgram, ProgramSettings
from wxdesk.sandbox.platform.rate_limits import CallMeter
from wxdesk.sandbox.platform.tokens import TokenBook


class Sent(Struct, frozen=True):
    """A message accepted for a contact; `content` is the body's part of `msgtype`."""

    number: int
    at: datetime
    account: str
    openid: str
    msgtype: str
    content: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The text of a text message, else the title if there is one."""
        return str(self.content.get("content") or self.content.get("title") or "")


class Platform:
    """All state of the simulated WeChat; in memory, gone when the program ends.

    `on_sent` is called with every message for a contact, `on_change` after every change to a contact's side.
    """

    def __init__(self, programs: Iterable[MiniProgram], clock: Clock) -> None:
        self.clock = clock
        self._programs = {program.account.name: program for program in programs}
        self._contacts: dict[tuple[str, str], SimulatedContact] = {}
        self._msg_id = 24_051_524_690_104_385 + secrets.randbelow(10**9)
        self.tokens = TokenBook(clock)
        self.media = MediaShelf(clock)
        self.meter = CallMeter(clock)
        self.sent: list[Sent] = []
        self.on_sent: Callable[[Sent], None] = lambda sent: None
        self.on_change: Callable[[], None] = lambda: None

    @property
    def programs(self) -> tuple[MiniProgram, ...]:
        """All mini programs."""
        return tuple(self._programs.values())

    def program(self, name: str = "") -> MiniProgram:
        """Find the mini program of an account, the first if empty; raises `KeyError`."""
        return self._programs[name] if name else next(iter(self._programs.values()))

    def change(self, name: str, **values: Any) -> None:  # noqa: ANN401 - of the types of `MiniProgram`'s fields
        """Change fields of the `MiniProgram` of an account, which keeps its name."""
        program = self.program(name)
        self._programs[program.account.name] = dataclasses.replace(program, **values)

    # -- tokens

    def grant_token(self, fields: Mapping[str, object], *, stable: bool, address: str) -> tuple[str, int]:
        """Grant a token and its seconds to the holder of a secret; raises `ApiRefusal`."""
        if fields.get("grant_type") != "client_credential":
            raise ApiRefusal(40002)
        app_id = self.holder(fields.get("appid"), fields.get("secret"), address).account.app_id
        if not stable:
            return self.tokens.classic(app_id)
        force = fields.get("force_refresh", False)
        if not isinstance(force, bool):
            raise ApiRefusal(47001)
        return self.tokens.stable(app_id, force=force)

    def holder(self, app_id: object, secret: object, address: str) -> MiniProgram:
        """Find the program of an appid and secret; raises `ApiRefusal`."""
        if not app_id:
            raise ApiRefusal(41002)
        program = next((one for one in self.programs if one.account.app_id == app_id), None)
        if program is None:
            raise ApiRefusal(40013)
        if not secret:
            raise ApiRefusal(41004)
        if not secrets.compare_digest(str(secret).encode(), program.credentials.app_secret.encode()):
            raise ApiRefusal(40125)
        if program.settings.secret_frozen:
            raise ApiRefusal(40243)
        _check_address(program.settings, address)
        return program

    def caller(self, token: str) -> MiniProgram:
        """Find the mini program that calls with `token`; raises `ApiRefusal`."""
        app_id = self.tokens.owner(token)
        return next(one for one in self.programs if one.account.app_id == app_id)

    # -- contacts

    def contact(self, program: MiniProgram, openid: str) -> SimulatedContact:
        """Find the contact of that openid, or make a new one."""
        return self._contacts.setdefault((program.account.app_id, openid), SimulatedContact(openid))

    def contacts(self) -> list[tuple[str, SimulatedContact]]:
        """List all contacts with the names of their accounts."""
        names = {program.account.app_id: program.account.name for program in self.programs}
        return [(names[app_id], contact) for (app_id, _), contact in self._contacts.items()]

    def wrote(
        self, program: MiniProgram, openid: str, kind: str = "text", content: Mapping[str, Any] | None = None
    ) -> str:
        """Record a message from a contact; return its MsgId."""
        now, contact = self.clock(), self.contact(program, openid)
        contact.allowance.wrote(now)
        to_tool = contact.session.state(now) is KfState.OPEN
        contact.add(ChatLine(now, ChatSide.CONTACT, kind, content or {}, to_tool))
        self.on_change()
        self._msg_id += secrets.randbelow(1000) + 1
        return str(self._msg_id)

    def entered(self, program: MiniProgram, openid: str, session_from: str = "") -> None:
        """Record that a contact entered the chat by the mini program's button."""
        contact = self.contact(program, openid)
        contact.allowance.entered(self.clock())
        contact.add(ChatLine(self.clock(), ChatSide.NOTICE, "enter", {"content": session_from}))
        self.on_change()

    def add_line(self, program: MiniProgram, openid: str, side: ChatSide, kind: str, text: str) -> None:
        """Add a line to a contact's chat that did not come through the API."""
        self.contact(program, openid).add(ChatLine(self.clock(), side, kind, {"content": text}))
        self.on_change()

    # -- calls

    def send(self, program: MiniProgram, body: bytes) -> Sent:
        """Check, count and deliver a custom/send body; raises `ApiRefusal`."""
        settings, app_id = program.settings, program.account.app_id
        message = checks.parse_body(checks.apply_escapes(body, settings))
        contact = self._reachable(program, message)
        msgtype, content = checks.content_of(message)
        checks.check(msgtype, content, settings, app_id, lambda media_id: self.media.get(media_id, app_id))
        now = self.clock()
        contact.allowance.check(now)
        self.meter.count_for(app_id, contact.openid, settings)
        contact.allowance.spend(now)
        contact.add(ChatLine(now, ChatSide.SHOP, msgtype, content))
        sent = Sent(len(self.sent) + 1, now, program.account.name, contact.openid, msgtype, content)
        self.sent.append(sent)
        self.on_sent(sent)
        self.on_change()
        return sent

    def type(self, program: MiniProgram, body: bytes) -> None:
        """Carry out custom/typing; raises `ApiRefusal`."""
        message = checks.parse_body(body)
        contact = self._reachable(program, message)
        contact.allowance.type(str(message.get("command")), self.clock())
        self.on_change()

    def _reachable(self, program: MiniProgram, message: Mapping[str, Any]) -> SimulatedContact:
        contact = self._contacts.get((program.account.app_id, checks.recipient(message)))
        if contact is None:
            raise ApiRefusal(40003)
        if contact.blocked:
            raise ApiRefusal(43019)
        if contact.refuses:
            raise ApiRefusal(48002)
        return contact


def _check_address(settings: ProgramSettings, address: str) -> None:
    seen = settings.seen_as or address
    if settings.allowed_ips is None or not seen:
        return
    if not any(ip_address(seen) in ip_network(allowed, strict=False) for allowed in settings.allowed_ips):
        raise ApiRefusal(40164, f"invalid ip {seen} ipv6 ::ffff:{seen}, not in whitelist")
