"""The way out: fills `desk.ports.Sender` with WeChat's customer-service API ("发送客服消息").

Each call is made once. The one exception is a refused access_token: WeChat certainly did not act then, so a new
token is fetched and the call repeated once.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Literal

import msgspec

from wxdesk.core.credentials import Credentials
from wxdesk.core.errcodes import ErrorAction, action_for, meaning_of
from wxdesk.core.errors import DeliveryUnknown, NotSent, SendError
from wxdesk.core.events import ApiCalled, Event
from wxdesk.core.model import Account, Content
from wxdesk.desk.ports import Clock
from wxdesk.i18n import tr
from wxdesk.wechat.access_token import AccessTokens, Grant
from wxdesk.wechat.answer import Answer, refusal
from wxdesk.wechat.http import DEADLINE_SECONDS, ApiHttp
from wxdesk.wechat.payload import to_body

type TokenEndpoint = Literal["stable", "classic"]

MARGIN_SECONDS: Mapping[TokenEndpoint, float] = {"stable": 120.0, "classic": 300.0}
"""How long before its end a token is replaced. The classic one must not run out while others still use it."""

SUPERSEDED = 40001


class WeChatClient:
    """Sends replies for all accounts over one pool of connections.

    `credentials` are by account name. Every call, also those for tokens, is told to `publish` as `ApiCalled`.
    """

    def __init__(  # noqa: PLR0913 - what it is built from, named
        self,
        api_base: str,
        token_endpoint: TokenEndpoint,
        credentials: Mapping[str, Credentials],
        publish: Callable[[Event], None],
        clock: Clock,
        *,
        deadline: float = DEADLINE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = ApiHttp(api_base, deadline=deadline)
        self._credentials = credentials
        self._publish = publish
        self._clock = clock
        fetch = {"stable": self._fetch_stable, "classic": self._fetch_classic}[token_endpoint]
        self._tokens = AccessTokens(fetch, publish, clock, margin=MARGIN_SECONDS[token_endpoint], monotonic=monotonic)

    async def send(self, account: Account, openid: str, content: Content, reply_id: int | None = None) -> None:
        """Send one reply; see `desk.ports.Sender.send`."""
        body = to_body(openid, content)
        token = await self._tokens.get(account)
        answer = await self._send_once(account, token, body, reply_id)
        if answer.errcode and action_for(answer.errcode) is ErrorAction.TOKEN:
            self._tokens.invalidate(account, token, taken=answer.errcode == SUPERSEDED)
            fresh = await self._tokens.get(account)
            if fresh != token:  # the stable endpoint may insist on the refused one: then there is no use in asking on
                answer = await self._send_once(account, fresh, body, reply_id)
        if answer.errcode is None:
            raise DeliveryUnknown("WeChat's answer cannot be read")
        if answer.errcode != 0:
            raise refusal(answer)

    async def check(self, account: Account) -> float:
        """Make sure that there is a token for `account`; how many seconds it lasts.

        Raises:
            Refused, NotSent: there is none, and why.
        """
        await self._tokens.get(account)
        return self._tokens.seconds_left(account)

    async def run(self, accounts: Iterable[Account] = ()) -> None:
        """Keep the tokens of these accounts, and of all that were asked for, fresh until cancelled."""
        await self._tokens.run(accounts)

    async def close(self) -> None:
        """Give up what is under way and close the connections."""
        await self._tokens.close()
        await self._http.close()

    async def _send_once(self, account: Account, token: str, body: bytes, reply_id: int | None) -> Answer:
        call = self._http.post("/cgi-bin/message/custom/send", {"access_token": token}, body)
        return await self._told(account, "custom/send", call, reply_id)

    async def _fetch_stable(self, account: Account) -> Grant:
        asked = {
            "grant_type": "client_credential",
            "appid": account.app_id,
            "secret": self._secret(account),
            "force_refresh": False,
        }
        call = self._http.post("/cgi-bin/stable_token", {}, msgspec.json.encode(asked))
        return await self._granted(account, "stable_token", call)

    async def _fetch_classic(self, account: Account) -> Grant:
        query = {"grant_type": "client_credential", "appid": account.app_id, "secret": self._secret(account)}
        return await self._granted(account, "token", self._http.get("/cgi-bin/token", query))

    async def _granted(self, account: Account, name: str, call: Awaitable[Answer]) -> Grant:
        try:
            answer = await self._told(account, name, call)
        except DeliveryUnknown as error:
            raise NotSent(str(error.values["reason"])) from None  # a token that got lost harms nobody
        if answer.errcode:
            raise refusal(answer)
        if not answer.access_token or answer.expires_in <= 0:
            raise NotSent("WeChat's answer cannot be read")
        return Grant(answer.access_token, answer.expires_in)

    def _secret(self, account: Account) -> str:
        # An account without one gets WeChat's own answer to that: 41004.
        credentials = self._credentials.get(account.name)
        return "" if credentials is None else credentials.app_secret

    async def _told(self, account: Account, name: str, call: Awaitable[Answer], reply_id: int | None = None) -> Answer:
        started = time.perf_counter()
        outcome = tr("cut off")
        try:
            answer = await call
            outcome = _in_a_word(answer)
        except SendError as error:
            outcome = tr(str(error.values["reason"]))
            raise
        finally:
            elapsed = (time.perf_counter() - started) * 1000
            self._publish(ApiCalled(account.name, name, outcome, self._clock(), elapsed, reply_id))
        return answer


def _in_a_word(answer: Answer) -> str:
    if answer.errcode is None and not answer.access_token:
        return tr("WeChat's answer cannot be read")
    if not answer.errcode:
        return "0 ok"
    return f"{answer.errcode} {tr(meaning_of(answer.errcode))}"
