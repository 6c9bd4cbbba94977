"""Server that takes WeChat's pushes over HTTP and acknowledges them once stored.

A push is answered `success` only after `keep` has returned; nothing else is done before the answer. WeChat
waits 5 seconds and tries three times ("消息推送", framework/server-ability/message-push).
"""

import asyncio
import contextlib
import logging
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from time import perf_counter
from typing import NamedTuple, cast

from aiohttp import hdrs, web

from wxdesk.core.conversations.transfer import Receipt
from wxdesk.core.errors import PushRefused, StoreError
from wxdesk.core.events import Event, PushSeen
from wxdesk.core.model.push import REFUSED, BodyFormat, Push, Refusal, refusal_status
from wxdesk.core.setup.findings import CheckVerdict, Finding
from wxdesk.core.setup.probe_challenges import OWN_ECHO, ProbeChallenges
from wxdesk.core.setup.public_url import PUSH_PREFIX
from wxdesk.desk.ports import Clock
from wxdesk.desk.wechat.clock_skew import ClockCheck
from wxdesk.webhook.answered_accounts import AnsweredAccounts
from wxdesk.webhook.diagnosis import DiagnosisPace, ReadRequest
from wxdesk.webhook.http_server import (
    Connection,
    Limits,
    PlainResponse,
    Server,
    SuccessResponse,
    limits_of_this_process,
    read_body,
)
from wxdesk.webhook.verification import PushVerifier, Query, read_query

logger = logging.getLogger(__name__)

SUCCESS = b"success"
"""Acknowledgement that WeChat expects, to the byte; never encrypted."""

PROBED = "probed"
"""Outcome of a signed probe of another process of ours, which is not published."""

OLDEST = timedelta(days=1)
"""Age from which a genuine request is refused; WeChat repeats within seconds."""

_TIMESTAMP = re.compile("[0-9]{1,10}")  # up to 2286
_CONTENT_TYPES = {BodyFormat.JSON: "application/json", BodyFormat.XML: "text/xml"}
_GRACE_SECONDS = 0.8  # aiohttp waits for it twice, and `stop` promises 2 s
_LAST_SECONDS = 0.2


class PushServer(Server):
    """Answers WeChat's checks of the URL and pushes for `accounts`.

    Every request is published as `PushSeen` with one of the outcomes `kept`, `transferred`, `duplicate`, `checked`,
    `failed: store`, `failed: overloaded`, `failed: unexpected` or `refused: …` with a value of `Refusal`. What failed
    is answered 503 or 500, so that WeChat tries again. The other parameters are those of `Listener`.
    """

    def __init__(  # noqa: PLR0913 - what a listener stands on
        self,
        accounts: AnsweredAccounts,
        keep: Callable[[Push], Awaitable[Receipt]],
        publish: Callable[[Event], None],
        clock: Clock,
        challenges: ProbeChallenges,
        clock_check: ClockCheck,
        limits: Limits | None = None,
    ) -> None:
        super().__init__(self._handle, self._saw_no_http, limits or limits_of_this_process())
        self._accounts = accounts
        self._keep = keep
        self._publish = publish
        self._clock = clock
        self._challenges = challenges
        self._clock_check = clock_check
        self._at_work: set[asyncio.Task[object]] = set()
        self._success = SuccessResponse()
        self._pace = DiagnosisPace()

    async def stop(self) -> None:
        """Close all connections within 2 seconds, those that are being answered last."""
        await asyncio.sleep(0)  # so that requests that have just come are begun
        self.pre_shutdown()
        await self.shutdown(_GRACE_SECONDS)
        # aiohttp loses sight of a handler whose client has hung up.
        for task in self._at_work:
            task.cancel()
        if self._at_work:
            await asyncio.wait(self._at_work, timeout=_LAST_SECONDS)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        began = perf_counter()
        connection = cast(Connection, request.protocol)
        task = cast("asyncio.Task[object]", asyncio.current_task())
        self._at_work.add(task)
        connection.begin()
        read = ReadRequest(request.method == hdrs.METH_GET, request.path)
        try:
            if (answer := self._answer_to_probe(request)) is not None:
                return answer
            seen = await self._answer(request, connection, read)
        except PushRefused as refused:
            seen = self._refused(refused, request, read)
        finally:
            connection.end()
            self._at_work.discard(task)
        milliseconds = (perf_counter() - began) * 1000
        if self._challenges.is_open(read.query.get("signature", "")):
            return seen.answer  # our own probe, led to another path: it names that itself
        if read.why:  # once the answer has left: how long the diagnosis takes must not be seen outside
            asyncio.get_running_loop().call_soon(self._report, read, seen, milliseconds)
        elif seen.outcome != PROBED:
            self._report(read, seen, milliseconds)
        return seen.answer

    def _refused(self, refused: PushRefused, request: web.BaseRequest, read: ReadRequest) -> "_AnsweredRequest":
        if not read.query:
            with contextlib.suppress(PushRefused):
                read.query = read_query(request.rel_url.raw_query_string)
        if refused.why == Refusal.ADDRESS and self._accounts.diagnosis.is_own_probe(read):
            met = f"{read.query['echostr']} {request.path}".encode(errors="replace")
            return _AnsweredRequest(PROBED, PlainResponse(HTTPStatus.NOT_FOUND, met))
        read.why = refused.why
        return _AnsweredRequest(REFUSED + refused.why, _refusal(refused, request))

    def _verifier(self, request: web.BaseRequest) -> PushVerifier:
        path = request.path
        verifier = self._accounts.verifiers.get(path[len(PUSH_PREFIX) :]) if path.startswith(PUSH_PREFIX) else None
        if verifier is None:
            raise PushRefused(Refusal.ADDRESS)
        return verifier

    def _answer_to_probe(self, request: web.BaseRequest) -> PlainResponse | None:
        """Answer this process's own probe; None for all other requests."""
        if request.method != hdrs.METH_GET:
            return None
        number = read_query(request.rel_url.raw_query_string).get("signature", "")
        answer = self._challenges.met(number, request.path)
        return None if answer is None else PlainResponse(HTTPStatus.OK, answer)

    async def _answer(self, request: web.BaseRequest, connection: Connection, read: ReadRequest) -> "_AnsweredRequest":
        verifier = self._verifier(request)
        read.account = verifier.account.name
        # aiohttp's `query_string` is decoded already
        query = read.query = read_query(request.rel_url.raw_query_string)
        if read.is_get:
            echo = verifier.check_url(query, self._clock())
            signed_at = self._check_age(query)
            outcome = PROBED if echo.startswith(OWN_ECHO.encode()) else "checked"
            return _AnsweredRequest(outcome, PlainResponse(HTTPStatus.OK, echo), signed_at=signed_at)
        if request.method != hdrs.METH_POST:
            raise PushRefused(Refusal.METHOD)
        signed = verifier.is_signed(query, self._clock())
        if not signed and self.is_crowded:
            return _AnsweredRequest("failed: overloaded", PlainResponse(HTTPStatus.SERVICE_UNAVAILABLE, close=True))
        body = read.body = await read_body(request, self.limits.body)
        connection.receive()
        push = verifier.receive(query, body, self._clock(), signed=signed)
        signed_at = self._check_age(query)
        try:
            receipt = await self._keep(push)
        except StoreError as error:
            logger.error("A push for %s could not be kept: %s", push.account, type(error).__name__)
            return _AnsweredRequest("failed: store", PlainResponse(HTTPStatus.SERVICE_UNAVAILABLE), push)
        except asyncio.QueueFull:
            return _AnsweredRequest("failed: overloaded", PlainResponse(HTTPStatus.SERVICE_UNAVAILABLE), push)
        except Exception as error:  # noqa: BLE001 - WeChat must try again whatever it is; its text may hold an openid
            logger.error("A push for %s met a fault: %s", push.account, type(error).__name__)
            return _AnsweredRequest("failed: unexpected", PlainResponse(HTTPStatus.INTERNAL_SERVER_ERROR), push)
        if receipt.transferred and push.incoming is not None:
            answered, written = verifier.transfer(query, body, push.incoming, push.received_at)
            answer = PlainResponse(HTTPStatus.OK, answered, content_type=_CONTENT_TYPES[written])
            return _AnsweredRequest("transferred" if receipt.new else "duplicate", answer, push, signed_at)
        success = self._success if SuccessResponse.fits(request) else PlainResponse(HTTPStatus.OK, SUCCESS)
        return _AnsweredRequest("kept" if receipt.new else "duplicate", success, push, signed_at)

    def _check_age(self, query: Query) -> datetime:
        """Return when a request was signed; raise `PushRefused` if somebody has kept it.

        It is judged by WeChat's clock: a desk whose own clock is wrong must go on listening.
        """
        signed, known = _signed_at(query), self._clock_check
        if known.ahead is None or abs(self._clock() - known.ahead - signed) <= OLDEST:
            return signed
        known.follow_clock()  # the clock may have been set this very second
        if known.is_sure:
            raise PushRefused(Refusal.AGE)
        return signed

    def _report(self, read: ReadRequest, seen: "_AnsweredRequest", milliseconds: float) -> None:
        at = self._clock()
        key, finding = seen.push.key if seen.push else "", self._finding(read, seen, at)
        self._publish(
            PushSeen(read.account, seen.outcome, at, milliseconds, seen.kind, key, seen.signed_at, finding=finding)
        )

    def _finding(self, read: ReadRequest, seen: "_AnsweredRequest", at: datetime) -> Finding | None:
        """Judge what a request says about the set-up; None for nothing."""
        if seen.outcome.startswith("failed"):
            return None
        diagnosis = self._accounts.diagnosis
        if seen.push is not None:
            return diagnosis.of_push(seen.push, None if seen.outcome == "duplicate" else seen.signed_at, at)
        if not read.why:
            return diagnosis.of_check(read.account, seen.signed_at, at)
        if read.is_wechats and not self._pace.allows(at):
            return Finding(read.check, CheckVerdict.UNKNOWN, read.account, at=at)
        return diagnosis.of_refused(read, at)

    def _saw_no_http(self) -> None:
        self._publish(PushSeen("", REFUSED + Refusal.HTTP, self._clock(), 0.0))


class _AnsweredRequest(NamedTuple):
    """A request with the answer to it; `push` is set if it was genuine."""

    outcome: str
    answer: web.StreamResponse
    push: Push | None = None
    signed_at: datetime | None = None

    @property
    def kind(self) -> str:
        incoming = self.push.incoming if self.push else None
        if incoming is None:
            return ""
        return incoming.msg_type if incoming.event is None else f"event:{incoming.event}"


def _signed_at(query: Query) -> datetime:
    """Read the signed timestamp; raise `PushRefused` if it has no such form.

    The signature covers timestamp and nonce as one text, so whoever kept a request can divide it anew: all of it as the
    nonce, say, and a timestamp without an age.
    """
    timestamp = query.get("timestamp", "")
    if _TIMESTAMP.fullmatch(timestamp) is None:
        raise PushRefused(Refusal.AGE)
    return datetime.fromtimestamp(int(timestamp), UTC)


def _refusal(refused: PushRefused, request: web.BaseRequest) -> PlainResponse:
    status = refusal_status(refused.why)
    # The rest of a body that was not read would be taken for the next request.
    answer = PlainResponse(status, close=status is not HTTPStatus.FORBIDDEN or not request.content.is_eof())
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers[hdrs.ALLOW] = "GET, POST"
    return answer
