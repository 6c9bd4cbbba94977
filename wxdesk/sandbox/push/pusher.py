"""Delivers pushes to a listener as WeChat does (消息推送), with deadline and retries.

On an invalid answer (see `passive_answer`), or none within five seconds, the same message comes again with
a fresh nonce, three times in all.
"""

import asyncio
import secrets
import time
from collections.abc import Callable
from urllib.parse import urlencode

import aiohttp
from msgspec import Struct

from wxdesk.desk.ports import Clock
from wxdesk.sandbox.platform.program import MiniProgram
from wxdesk.sandbox.push import bodies
from wxdesk.sandbox.push.encoding import USUAL, USUAL_CONTENT_TYPE, Shape, sign
from wxdesk.sandbox.push.passive_answer import AnswerReading, AnswerVerdict, read_answer

DEADLINE_SECONDS = 5.0
TRIES = 3

_NOTHING = AnswerReading(AnswerVerdict.NOT_PUSHED)


class Attempt(Struct, frozen=True):
    """One attempt; `status` is None without an answer, `trouble` says why in English."""

    status: int | None
    answer: str
    milliseconds: float
    trouble: str = ""


class PushOutcome(Struct, frozen=True):
    """Outcome of a push; without attempts if it was dropped or has no URL."""

    attempts: tuple[Attempt, ...] = ()
    accepted: bool = False
    reading: AnswerReading = _NOTHING

    @property
    def answer(self) -> str:
        """Body of the last answer."""
        return self.attempts[-1].answer if self.attempts else ""

    def combined_with(self, other: "PushOutcome") -> "PushOutcome":
        """Combine the outcomes of a push made twice: accepted if either was."""
        better = other if other.accepted or not self.accepted else self
        return PushOutcome(self.attempts + other.attempts, better.accepted, better.reading)


class PushDelivery(Struct, frozen=True):
    """A push to deliver: the same fields at each attempt, in the same shape."""

    program: MiniProgram
    openid: str
    fields: bodies.Fields
    shape: Shape = USUAL


class Pusher:
    """Delivers push bodies over HTTP. `deadline` is for one attempt, in seconds."""

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

    def delivery(self, program: MiniProgram, openid: str, fields: bodies.Fields, shape: Shape = USUAL) -> PushDelivery:
        """Prepare a push with its own `fields` and WeChat's common ones, as of now."""
        common: dict[str, str | int] = {
            "ToUserName": program.account.original_id,
            "FromUserName": openid,
            "CreateTime": int(self._clock().timestamp()),
        }
        return PushDelivery(program, openid, common | dict(fields), shape)

    async def deliver(self, delivery: PushDelivery) -> PushOutcome:
        """Deliver a push in up to three attempts, each with a fresh nonce."""
        outcome = PushOutcome()
        for _ in range(1 if delivery.shape.is_forged else TRIES):
            outcome = outcome.combined_with(await self._attempt(delivery, *self._request(delivery)))
            if outcome.accepted:
                break
        return outcome

    async def deliver_and_repeat(self, delivery: PushDelivery) -> PushOutcome:
        """Deliver a push and send the same bytes once more, as if the answer got lost."""
        request = self._request(delivery)
        outcome = await self._attempt(delivery, *request)
        return outcome.combined_with(await self._attempt(delivery, *request))

    async def _attempt(self, delivery: PushDelivery, url: str, body: bytes) -> PushOutcome:
        attempt = await self._try(url, body, delivery.shape.content_type)
        reading = _read(delivery, attempt)
        return PushOutcome((attempt,), reading.is_good, reading)

    async def verify(self, program: MiniProgram) -> bool:
        """Check the push URL as WeChat does when it is saved (a GET with echostr)."""
        timestamp, nonce, echostr = self._timestamp(), self._nonce(), str(secrets.randbelow(10**19))
        query = {
            "signature": program.cipher.sign(timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
            "echostr": echostr,
        }
        attempt = await self._try(f"{program.push_url}?{urlencode(query)}", None, USUAL_CONTENT_TYPE)
        return attempt.status == 200 and attempt.answer == echostr

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _timestamp(self) -> str:
        return str(int(self._clock().timestamp()))

    def _request(self, delivery: PushDelivery) -> tuple[str, bytes]:
        program, timestamp, nonce = delivery.program, self._timestamp(), self._nonce()
        query, body = sign(program, delivery.openid, delivery.fields, timestamp, nonce, delivery.shape)
        joint = "&" if "?" in program.push_url else "?"
        return f"{program.push_url}{joint}{urlencode(query)}", body

    async def _try(self, url: str, body: bytes | None, content_type: str) -> Attempt:
        started = time.perf_counter()
        status, answer, trouble = None, "", ""
        method, headers = ("GET", {}) if body is None else ("POST", {"Content-Type": content_type})
        try:
            async with (
                asyncio.timeout(self._deadline),
                self._connections().request(method, url, data=body, headers=headers, allow_redirects=False) as response,
            ):
                answer = (await response.read()).decode("utf-8", "replace")
                status = response.status
        except TimeoutError:
            trouble = "no answer in time"
        except aiohttp.ClientConnectorError:
            trouble = "no connection"
        except aiohttp.ClientError:
            trouble = "the connection broke"
        return Attempt(status, answer, (time.perf_counter() - started) * 1000, trouble)

    def _connections(self) -> aiohttp.ClientSession:
        if self._session is None:
            headers = {"User-Agent": "Mozilla/4.0", "Accept": "*/*", "Pragma": "no-cache"}
            self._session = aiohttp.ClientSession(
                headers=headers, connector=aiohttp.TCPConnector(limit=64), timeout=aiohttp.ClientTimeout(total=None)
            )
        return self._session


def _read(delivery: PushDelivery, attempt: Attempt) -> AnswerReading:
    if attempt.status is None:
        return AnswerReading(AnswerVerdict.SILENCE, attempt.trouble)
    return read_answer(delivery.program, delivery.fields, attempt.status, attempt.answer)
