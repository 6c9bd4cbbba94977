"""Pushes to a desk's listener in WeChat's way (消息推送): signed, encrypted, with its deadline and its retries.

Good is HTTP 200 with `success`, an empty body, or a passive reply that hands over to a human; on anything else,
or after five seconds, the same message comes again with a fresh nonce, three times in all.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

from wxdesk.core.model import PushMode
from wxdesk.desk.ports import Clock
from wxdesk.sandbox import bodies
from wxdesk.sandbox.platform import MiniProgram
from wxdesk.webhook.crypto import PushCipher

DEADLINE_SECONDS = 5.0
TRIES = 3


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try. `status` is None if no answer came in time."""

    status: int | None
    answer: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class PushOutcome:
    """What the listener made of a push; no attempts if there is no push URL or the push was dropped."""

    attempts: tuple[Attempt, ...] = ()
    accepted: bool = False

    @property
    def answer(self) -> str:
        """The last answer's body."""
        return self.attempts[-1].answer if self.attempts else ""


class Pusher:
    """Delivers push bodies over HTTP. `deadline` is for one try, in seconds."""

    def __init__(
        self,
        clock: Clock,
        *,
        deadline: float = DEADLINE_SECONDS,
        nonce: Callable[[], str] = lambda: str(secrets.randbelow(10**10)),
    ) -> None:
        self._clock = clock
        self._deadline = deadline
        self._nonce = nonce
        self._session: aiohttp.ClientSession | None = None

    async def push(self, program: MiniProgram, openid: str, fields: bodies.Fields) -> PushOutcome:
        """Deliver a message or event of `openid` with `fields` of its own; WeChat's common ones are added."""
        if not program.push_url:
            return PushOutcome()
        common: dict[str, str | int] = {
            "ToUserName": program.account.original_id,
            "FromUserName": openid,
            "CreateTime": int(self._clock().timestamp()),
        }
        attempts: list[Attempt] = []
        while len(attempts) < TRIES:
            query, body = sign(program, openid, common | dict(fields), self._timestamp(), self._nonce())
            attempts.append(await self._try(f"{program.push_url}?{urlencode(query)}", body))
            if is_good(attempts[-1]):
                return PushOutcome(tuple(attempts), accepted=True)
        return PushOutcome(tuple(attempts))

    async def verify(self, program: MiniProgram) -> bool:
        """Ask the push URL the question that WeChat asks when an operator saves it (a GET with echostr)."""
        timestamp, nonce, echostr = self._timestamp(), self._nonce(), str(secrets.randbelow(10**19))
        query = {
            "signature": _cipher(program).sign(timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
            "echostr": echostr,
        }
        attempt = await self._try(f"{program.push_url}?{urlencode(query)}", None)
        return attempt.status == 200 and attempt.answer == echostr

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _timestamp(self) -> str:
        return str(int(self._clock().timestamp()))

    async def _try(self, url: str, body: bytes | None) -> Attempt:
        started = time.perf_counter()
        status, answer = None, ""
        try:
            async with (
                asyncio.timeout(self._deadline),
                self._connections().request("POST" if body is not None else "GET", url, data=body) as response,
            ):
                answer = (await response.read()).decode("utf-8", "replace")
                status = response.status
        except (TimeoutError, aiohttp.ClientError):
            pass
        return Attempt(status, answer, (time.perf_counter() - started) * 1000)

    def _connections(self) -> aiohttp.ClientSession:
        if self._session is None:
            # WeChat's servers say text/xml whatever the body is.
            headers = {"User-Agent": "Mozilla/4.0", "Accept": "*/*", "Pragma": "no-cache", "Content-Type": "text/xml"}
            self._session = aiohttp.ClientSession(
                headers=headers, connector=aiohttp.TCPConnector(limit=64), timeout=aiohttp.ClientTimeout(total=None)
            )
        return self._session


def is_good(attempt: Attempt) -> bool:
    """True if WeChat is content with this answer."""
    if attempt.status != 200:
        return False
    if attempt.answer in ("", "success"):
        return True
    return "transfer_customer_service" in attempt.answer or "MsgSignature" in attempt.answer


def sign(
    program: MiniProgram, openid: str, fields: bodies.Fields, timestamp: str, nonce: str
) -> tuple[dict[str, str], bytes]:
    """Query and body of one push in the program's mode and format."""
    cipher = _cipher(program)
    query = {"signature": cipher.sign(timestamp, nonce), "timestamp": timestamp, "nonce": nonce, "openid": openid}
    mode, form = program.account.push_mode, program.format
    clear = bodies.write(fields, form)
    if mode is PushMode.PLAIN:
        return query, clear
    encrypted = cipher.encrypt(clear)
    query |= {"encrypt_type": "aes", "msg_signature": cipher.sign_encrypted(timestamp, nonce, encrypted)}
    visible = fields if mode is PushMode.COMPAT else {"ToUserName": program.account.original_id}
    return query, bodies.write(dict(visible) | {"Encrypt": encrypted}, form)


def _cipher(program: MiniProgram) -> PushCipher:
    secret = program.credentials
    return PushCipher(secret.push_token, secret.encoding_aes_key, program.account.app_id)
