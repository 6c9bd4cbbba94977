"""Calls to addresses of the shop's own: phones, and questions about a customer.

Whoever may write config.toml chooses them, but perhaps not what they lead to. So a host is reached by https at a
public address only, unless it is named in `private_hosts`; an answer is bounded in time and size.
"""

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

import msgspec

from wxdesk.core.content.limits import is_web_address
from wxdesk.core.errors import BadInput, NotSent, Phrase
from wxdesk.core.outside import CustomerSheet, PhoneKind, PhoneNotice
from wxdesk.wechat.http import TooLargeError
from wxdesk.wechat.pinned import PRIVATE, PinnedHttp, any_address, public_address

DEADLINE_SECONDS = 8.0

LARGEST_ANSWER = 64 * 1024

LONGEST_WECOM = 2000
"""Bytes of a text that WeCom's group robots take, less a few."""

MOST_LINES, LONGEST_LINE = 60, 600

_JSON = {"Content-Type": "application/json; charset=utf-8"}

_WELL = {PhoneKind.WECOM: ("errcode", 0), PhoneKind.BARK: ("code", 200), PhoneKind.SERVERCHAN: ("code", 0)}
"""Field and value of an answer by which a service says that it took the notice."""


class OwnEndpoints:
    """Caller of phones and the shop's system; a failure is a `BadInput` with a reason."""

    def __init__(self, deadline: float = DEADLINE_SECONDS) -> None:
        self._http = PinnedHttp(deadline)
        self.close = self._http.close

    async def notify(
        self, kind: PhoneKind, address: str, notice: PhoneNotice, private_hosts: Collection[str] = ()
    ) -> None:
        """Bring a notice to a phone; returns once its service took it. Raises `BadInput`."""
        body, headers = _phone_request(kind, notice)
        answer = await self._post(address, body, headers, private_hosts)
        if kind in _WELL:
            field, value = _WELL[kind]
            if _decoded(answer).get(field) != value:
                raise BadInput(reason="The service does not take it: look whether its address is complete and valid.")

    async def customer(
        self, url: str, key: str, about: Mapping[str, object], private_hosts: Collection[str] = ()
    ) -> CustomerSheet:
        """Ask what the shop knows about a customer, signed with `key`. Raises `BadInput`."""
        body, at = msgspec.json.encode(about), str(int(time.time()))
        signature = hmac.new(key.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {**_JSON, "X-Wxdesk-Time": at, "X-Wxdesk-Signature": signature}
        return _sheet(_decoded(await self._post(url, body, headers, private_hosts)))

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str], private_hosts: Collection[str]) -> bytes:
        try:
            parts = urlsplit(url.strip())
            host = (parts.hostname or "").encode("idna").decode()
            port = parts.port or (80 if parts.scheme == "http" else 443)
        except ValueError:
            host, port = "", 0
        if not host or parts.scheme not in ("http", "https"):
            raise BadInput(reason="This is not an address: an address begins with https://.")
        known = host in {one.lower() for one in private_hosts}
        if parts.scheme == "http" and not known:
            raise BadInput(reason=Phrase("The address of {host} must begin with https://.", host=host))
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        locate = any_address if known else public_address
        try:
            status, answer = await self._http.ask(
                "POST", parts.scheme, host, port, path, locate=locate, most=LARGEST_ANSWER, headers=headers, body=body
            )
        except TooLargeError:
            raise BadInput(reason=Phrase("{host} answers with more than 64 KB.", host=host)) from None
        except NotSent as error:
            raise BadInput(reason=_reason(error, host)) from None
        if not 200 <= status < 300:
            raise BadInput(reason=Phrase("{host} answers with error {status}.", host=host, status=status))
        return answer


_MARKDOWN = re.compile(r"[\\`*_{}\[\]()<>#!|]")


def _reason(error: NotSent, host: str) -> Phrase:
    if error.values["reason"] == PRIVATE:
        return Phrase("{host} is inside a private network. If it is yours, add it to private_hosts.", host=host)
    if isinstance(error.__cause__, TimeoutError):
        return Phrase("{host} did not answer in time.", host=host)
    return Phrase("{host} cannot be reached.", host=host)


def _phone_request(kind: PhoneKind, notice: PhoneNotice) -> tuple[bytes, Mapping[str, str]]:
    """Write a notice as its service takes it: body and headers."""
    title, text = notice.title, notice.text
    match kind:
        case PhoneKind.NTFY:
            named = base64.b64encode(title.encode()).decode()
            return text.encode(), {"Title": f"=?UTF-8?B?{named}?="}
        case PhoneKind.WECOM:
            content = f"{title}\n{text}".encode()[:LONGEST_WECOM].decode(errors="ignore")
            said: dict[str, object] = {"msgtype": "text", "text": {"content": content}}
        case PhoneKind.BARK:
            said = {"title": title, "body": text, "group": "wxdesk"}
        case PhoneKind.SERVERCHAN:
            said = {"title": title[:32], "desp": _MARKDOWN.sub(r"\\\g<0>", text)}
        case PhoneKind.WEBHOOK:
            said = {"title": title, "text": text, "waiting": notice.waiting}
    return msgspec.json.encode(said), _JSON


def _decoded(answer: bytes) -> dict[str, object]:
    try:
        return msgspec.json.decode(answer, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadInput(reason="The answer is not the JSON that is expected.") from None


def _sheet(answer: Mapping[str, object]) -> CustomerSheet:
    """Read an answer; whatever is no text, name with text, or web address is left out."""
    links = tuple(pair for pair in _pairs(answer.get("links"), "url") if is_web_address(pair[1]))
    return CustomerSheet(_text(answer.get("title")), _pairs(answer.get("lines"), "text"), links)


def _pairs(value: object, second: str) -> tuple[tuple[str, str], ...]:
    found = [
        (_text(one.get("name")), _text(one.get(second))) if isinstance(one, dict) else ("", _text(one))
        for one in (value if isinstance(value, list) else [])[:MOST_LINES]
    ]
    return tuple(pair for pair in found if any(pair))


def _text(value: object) -> str:
    return str(value).strip()[:LONGEST_LINE] if isinstance(value, str | int | float) else ""
