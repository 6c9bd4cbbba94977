"""What the simulated WeChat knows: mini programs, their tokens and customers, and what was sent to whom.

Nothing here speaks HTTP. Calls that WeChat would refuse raise `Refusal` with its errcode, in the order in which
WeChat checks: token, body, contact, kind, content, count.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from wxdesk.core.credentials import Credentials
from wxdesk.core.model import Account, BodyFormat
from wxdesk.desk.ports import Clock
from wxdesk.sandbox.allowance import Allowance
from wxdesk.sandbox.media import Shelf
from wxdesk.sandbox.refusal import Refusal
from wxdesk.sandbox.tokens import TokenBook

LONGEST_TEXT = 2048
"""Bytes of UTF-8."""

_NOT_FOR_MINI_PROGRAMS = frozenset(
    {"news", "voice", "video", "music", "mpnews", "msgmenu", "transfer_customer_service"}
)
_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u(?!00[01])[0-9A-Fa-f]{4}")


@dataclass(frozen=True, slots=True, repr=False)
class MiniProgram:
    """One mini program with its push settings, as the console has them. `push_url` empty: push is off."""

    account: Account
    credentials: Credentials
    format: BodyFormat = BodyFormat.JSON
    push_url: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that WeChat accepted for a contact. `content` is the part of the body named by `msgtype`."""

    number: int
    at: datetime
    account: str
    openid: str
    msgtype: str
    content: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The text of a text message, else the title of what has one."""
        return str(self.content.get("content") or self.content.get("title") or "")


class Platform:
    """All state of the simulated WeChat; in memory, gone when the program ends."""

    def __init__(self, programs: Iterable[MiniProgram], clock: Clock) -> None:
        self._clock = clock
        self._programs = {program.account.name: program for program in programs}
        self._allowances: dict[tuple[str, str], Allowance] = {}
        self._msg_id = 24_051_524_690_104_385 + secrets.randbelow(10**9)
        self.tokens = TokenBook(clock)
        self.media = Shelf(clock)
        self.sent: list[Sent] = []
        self.on_sent: Callable[[Sent], None] = lambda sent: None

    @property
    def programs(self) -> tuple[MiniProgram, ...]:
        """All mini programs."""
        return tuple(self._programs.values())

    def program(self, name: str = "") -> MiniProgram:
        """The mini program of that account name, the first if empty; raises `KeyError`."""
        return self._programs[name] if name else next(iter(self._programs.values()))

    def set_push_url(self, name: str, push_url: str) -> None:
        """Push this account's messages to `push_url` from now on."""
        program = self.program(name)
        self._programs[program.account.name] = replace(program, push_url=push_url)

    def grant_token(self, fields: Mapping[str, object], *, stable: bool) -> tuple[str, int]:
        """A token for whoever knows appid and secret, and its seconds; raises `Refusal`."""
        if fields.get("grant_type") != "client_credential":
            raise Refusal(40002)
        app_id, secret = str(fields.get("appid") or ""), str(fields.get("secret") or "")
        if not app_id:
            raise Refusal(41002)
        program = next((one for one in self.programs if one.account.app_id == app_id), None)
        if program is None:
            raise Refusal(40013)
        if not secret:
            raise Refusal(41004)
        if not secrets.compare_digest(secret.encode(), program.credentials.app_secret.encode()):
            raise Refusal(40125)
        if stable:
            return self.tokens.stable(app_id, force=fields.get("force_refresh") is True)
        return self.tokens.classic(app_id)

    def caller(self, token: str) -> MiniProgram:
        """The mini program that calls with `token`; raises `Refusal`."""
        app_id = self.tokens.owner(token)
        return next(one for one in self.programs if one.account.app_id == app_id)

    def wrote(self, program: MiniProgram, openid: str) -> str:
        """A customer sent a message; its MsgId."""
        self._allowance_or_new(program, openid).wrote(self._clock())
        self._msg_id += secrets.randbelow(1000) + 1
        return str(self._msg_id)

    def entered(self, program: MiniProgram, openid: str) -> None:
        """A customer entered the chat by the mini program's button."""
        self._allowance_or_new(program, openid).entered(self._clock())

    def send(self, program: MiniProgram, body: bytes) -> Sent:
        """custom/send: check everything, count it, and let the customer have it; raises `Refusal`."""
        message = parse_body(body)
        allowance = self._allowance(program, message)
        msgtype, content = _content(message)
        self._check(msgtype, content, body)
        allowance.spend(self._clock())
        sent = Sent(
            number=len(self.sent) + 1,
            at=self._clock(),
            account=program.account.name,
            openid=str(message["touser"]),
            msgtype=msgtype,
            content=content,
        )
        self.sent.append(sent)
        self.on_sent(sent)
        return sent

    def type(self, program: MiniProgram, body: bytes) -> None:
        """custom/typing; raises `Refusal`."""
        message = parse_body(body)
        self._allowance(program, message).type(str(message.get("command")), self._clock())

    def customers(self) -> list[tuple[str, str, Allowance]]:
        """Account name, openid and allowance of everybody who ever wrote or entered."""
        names = {program.account.app_id: program.account.name for program in self.programs}
        return [(names[app_id], openid, allowance) for (app_id, openid), allowance in self._allowances.items()]

    def _allowance_or_new(self, program: MiniProgram, openid: str) -> Allowance:
        return self._allowances.setdefault((program.account.app_id, openid), Allowance())

    def _allowance(self, program: MiniProgram, message: Mapping[str, Any]) -> Allowance:
        openid = message.get("touser")
        if not openid:
            raise Refusal(41009)
        allowance = self._allowances.get((program.account.app_id, str(openid)))
        if allowance is None:
            raise Refusal(40003)
        return allowance

    def _check(self, msgtype: str, content: Mapping[str, Any], body: bytes) -> None:
        if _ESCAPED.search(body):
            raise Refusal(40033)
        match msgtype:
            case "text":
                _check_text(content)
            case "image":
                self.media.get(str(content.get("media_id") or ""))
            case "link":
                if not content.get("url") or not content.get("title"):
                    raise Refusal(47003)
            case _:
                if not content.get("pagepath") or not content.get("title"):
                    raise Refusal(47003)
                self.media.get(str(content.get("thumb_media_id") or ""))


def parse_body(body: bytes) -> dict[str, Any]:
    """The JSON object in a request body; raises `Refusal` 44002 (empty) or 47001 (not a JSON object)."""
    if not body.strip():
        raise Refusal(44002)
    try:
        message = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refusal(47001) from None
    if not isinstance(message, dict):
        raise Refusal(47001)
    return message


def _content(message: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    msgtype = message.get("msgtype")
    if msgtype in _NOT_FOR_MINI_PROGRAMS:
        raise Refusal(45162)
    if msgtype not in ("text", "image", "link", "miniprogrampage"):
        raise Refusal(40008)
    content = message.get(msgtype)
    if not isinstance(content, dict):
        raise Refusal(44004 if msgtype == "text" else 40097)
    return msgtype, content


def _check_text(content: Mapping[str, Any]) -> None:
    text = content.get("content")
    if not isinstance(text, str) or not text:
        raise Refusal(44004)
    if len(text.encode()) > LONGEST_TEXT:
        raise Refusal(45002)
