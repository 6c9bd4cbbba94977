"""Client of WeChat's customer-service API for all accounts.

Implements `desk.ports.Sender`, `Media` and `TypingSender`. Its pages are "发送客服消息",
"下发客服当前输入状态", "上传临时素材" and "获取临时素材".

Each call is made once. The one exception is a refused access_token: WeChat certainly did not act then, so a
new token is fetched and the call repeated once.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping

import msgspec

from wxdesk.computer.clock import seconds_elapsed
from wxdesk.config.reading import WeChatSettings
from wxdesk.core.errors import BadPicture, DeliveryUnknown, NotSent, Recalled, SendError
from wxdesk.core.events import AccountFreed, ApiCalled, Event
from wxdesk.core.model.account import Account
from wxdesk.core.model.picture import PictureFormat
from wxdesk.core.model.reply import Content
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.core.wechat.errcodes import WRONG_TYPING_PATH, ErrorAction, action_for, meaning_of
from wxdesk.desk.ports import ApiRoute, Clock, always
from wxdesk.desk.wechat.clock_skew import ClockCheck
from wxdesk.wechat.access_token import AccessTokens, TokenGrant
from wxdesk.wechat.http import DEADLINE_SECONDS, ApiHttp
from wxdesk.wechat.payload import to_body, typing_body
from wxdesk.wechat.picture_hosts import PictureHosts
from wxdesk.wechat.response import ApiAnswer, refusal, split_rid

MARGIN_SECONDS: Mapping[str, float] = {"stable": 120.0, "classic": 300.0}
"""Seconds before its end at which a token is replaced; classic ones are shared."""

LONGEST_TOKEN_SECONDS = 86_400
"""Longest life that a token is believed to have; WeChat gives 7,200 s."""

SUPERSEDED = 40001

TYPING_PATHS = ("custom/business/typing", "custom/typing")
"""Paths to try; what works, or that none does, is remembered for each account."""

NO_SAVED_URL = 40201
"""Errcode of callback/check where message push has no URL in the console."""

_ALL_CHECKS = b'{"action": "all", "check_operator": "DEFAULT"}'

CUT_OFF = "cut off"
NOTHING_THERE = "nothing there"
UNREADABLE = "WeChat's answer cannot be read"
NO_PICTURE_NAMED = "The message names no picture that can be fetched."


class WeChatClient:
    """Sends replies for all accounts over one pool of connections.

    `credentials` are by account name. Every call, also those for tokens, is published as `ApiCalled`.
    """

    def __init__(  # noqa: PLR0913 - what it is built from, named
        self,
        settings: WeChatSettings,
        credentials: Mapping[str, Credentials],
        publish: Callable[[Event], None],
        clock: Clock,
        *,
        deadline: float = DEADLINE_SECONDS,
        monotonic: Callable[[], float] = seconds_elapsed,
        clock_check: ClockCheck | None = None,
    ) -> None:
        self.clock_check = clock_check or ClockCheck(publish, clock)
        self._http = ApiHttp(settings, deadline=deadline, on_date=self.clock_check.compare)
        self._picture_hosts = PictureHosts()
        self._typing_paths: dict[str, tuple[str, ...]] = {}
        self._credentials = credentials
        self._publish = publish
        self._clock = clock
        self._token_keys: dict[str, tuple[str, ...]] = {}
        margin = MARGIN_SECONDS[settings.token_endpoint]
        self._tokens = AccessTokens(self._fetch_token, publish, clock, margin, monotonic)

    async def send(
        self,
        account: Account,
        openid: str,
        content: Content,
        reply_id: int | None = None,
        may_leave: Callable[[], bool] = always,
    ) -> None:
        """Send one reply; see `desk.ports.Sender.send`."""
        body = to_body(openid, content)

        def call(token: str) -> Awaitable[ApiAnswer]:
            if not may_leave():
                raise Recalled
            sent = self._http.post("/cgi-bin/message/custom/send", {"access_token": token}, body)
            return self._recorded(account, "custom/send", sent, reply_id)

        answer = await self._with_token(account, call)
        if answer.errcode is None:
            raise DeliveryUnknown(UNREADABLE)
        if answer.errcode != 0:
            raise refusal(answer)

    async def upload(self, account: Account, data: bytes, written: PictureFormat) -> str:
        """Upload a picture for three days; see `desk.ports.Media.upload`."""

        def call(token: str) -> Awaitable[ApiAnswer]:
            query = {"access_token": token, "type": "image"}
            return self._http.upload("/cgi-bin/media/upload", query, data, written)

        answer = await self._repeated(account, "media/upload", call)
        if answer.errcode:
            raise refusal(answer)
        if not answer.media_id:
            raise NotSent(UNREADABLE)
        return answer.media_id

    async def fetch(self, account: Account, media_id: str, address: str = "") -> bytes:
        """Download a contact's picture; see `desk.ports.Media.fetch`."""
        refused: Exception = BadPicture(NO_PICTURE_NAMED)
        if media_id:
            found = await self._repeated(account, "media/get", lambda token: self._http.download(
                "/cgi-bin/media/get", {"access_token": token, "media_id": media_id}))  # fmt: skip
            if isinstance(found, bytes):
                return found
            refused = refusal(found)
        data = await self._recorded(account, "PicUrl", self._picture_hosts.fetch(address)) if address else None
        if data is None:
            raise refused
        return data

    async def typing(self, account: Account, openid: str, *, on: bool) -> None:
        """Show or end the typing state; see `desk.ports.TypingSender`."""
        body = typing_body(openid, on=on)
        for name in self._typing_paths.get(account.name, TYPING_PATHS):
            answer = await self._type(account, name, body)
            if answer.errcode not in WRONG_TYPING_PATH:
                self._typing_paths[account.name] = (name,)
                if answer.errcode:
                    raise refusal(answer)
                return
        self._typing_paths[account.name] = ()

    async def check(self, account: Account) -> float:
        """Ask WeChat for a token of `account`; see `desk.ports.SetupApi.check`."""
        await asyncio.shield(self._tokens.renew(account))  # a fetch under way is also others'
        return self._tokens.seconds_left(account)

    async def try_credentials(self, app_id: str, app_secret: str) -> None:
        """Fetch a token and keep nothing; see `desk.ports.SetupApi.try_credentials`."""
        await self._ask_token(Account("", app_id, ""), app_secret, stable=True)

    async def check_saved_url(self, account: Account) -> CheckVerdict:
        """Ask about the console's push URL ("网络检测"); see `desk.ports.SetupApi`."""
        answer = await self._repeated(account, "callback/check", lambda token: self._http.post(
            "/cgi-bin/callback/check", {"access_token": token}, _ALL_CHECKS))  # fmt: skip
        if answer.errcode == NO_SAVED_URL:
            return CheckVerdict.NOT_SUBMITTED
        if answer.errcode:
            raise refusal(answer)
        if answer.dns is None:
            raise NotSent(UNREADABLE)
        return CheckVerdict.OK if answer.dns else CheckVerdict.NAME_UNRESOLVED

    async def run(self, accounts: Iterable[Account] = ()) -> None:
        """Keep the tokens of these and all used accounts fresh until cancelled."""
        accounts = tuple(accounts)
        self._token_keys = self._keys_of(accounts)
        await self._tokens.run(accounts)

    def route_through(self, route: ApiRoute) -> None:
        """Ask `route` before each call where it goes."""
        self._http.route = route

    def use(
        self, settings: WeChatSettings, credentials: Mapping[str, Credentials], ready: Mapping[str, Account]
    ) -> None:
        """Use these from the next call on.

        Accounts that get another token by them fetch it at once. A call under way ends as it began. `ready` are the
        accounts whose secrets are known.
        """
        self._http.settings, self._credentials = settings, credentials
        self._tokens.margin = MARGIN_SECONDS[settings.token_endpoint]
        before, self._token_keys = self._token_keys, self._keys_of(ready.values())
        for name in before.keys() | self._token_keys.keys():
            if before.get(name) != self._token_keys.get(name):
                self._tokens.forget(name)
                self._typing_paths.pop(name, None)
                if name in ready:
                    self._tokens.renew(ready[name])

    def _keys_of(self, accounts: Iterable[Account]) -> dict[str, tuple[str, ...]]:
        """Return by account what its token depends on."""
        at = self._http.settings
        api = (at.api_base, at.proxy, at.token_endpoint)
        return {account.name: (account.app_id, self._secret(account), *api) for account in accounts}

    def on_event(self, event: Event) -> None:
        """Retry the token at once when the operator has fixed an account."""
        if isinstance(event, AccountFreed):
            self._tokens.try_now(event.account)

    async def close(self) -> None:
        """Cancel calls in progress and close the connections."""
        await self._tokens.close()
        await self._http.close()
        await self._picture_hosts.close()

    async def _with_token[R](self, account: Account, call: Callable[[str], Awaitable[R]]) -> R:
        """Make a call with a token, and repeat it once if WeChat refused the token."""
        token = await self._tokens.get(account)
        result = await call(token)
        errcode = result.errcode if isinstance(result, ApiAnswer) else None
        if errcode and action_for(errcode) is ErrorAction.TOKEN:
            self._tokens.invalidate(account, token, taken=errcode == SUPERSEDED)
            # The stable endpoint may insist on the refused one, which WeChat's servers then come to know in a moment.
            result = await call(await self._tokens.get(account))
        return result

    async def _repeated[R](self, account: Account, name: str, call: Callable[[str], Awaitable[R]]) -> R:
        return await self._with_token(account, lambda token: self._recorded(account, name, _repeatable(call(token))))

    async def _type(self, account: Account, name: str, body: bytes) -> ApiAnswer:
        path = f"/cgi-bin/message/{name}"
        answer = await self._repeated(account, name, lambda token: self._http.post(path, {"access_token": token}, body))
        if answer.errcode is None:
            raise NotSent(UNREADABLE)
        return answer

    async def _fetch_token(self, account: Account) -> TokenGrant:
        stable = self._http.settings.token_endpoint == "stable"  # noqa: S105 - the name of an endpoint
        return await self._ask_token(account, self._secret(account), stable=stable)

    async def _ask_token(self, account: Account, app_secret: str, *, stable: bool) -> TokenGrant:
        asked = {"grant_type": "client_credential", "appid": account.app_id, "secret": app_secret}
        if not stable:
            return await self._read_grant(account, "token", self._http.get("/cgi-bin/token", asked))
        body = msgspec.json.encode({**asked, "force_refresh": False})
        return await self._read_grant(account, "stable_token", self._http.post("/cgi-bin/stable_token", {}, body))

    async def _read_grant(self, account: Account, name: str, call: Awaitable[ApiAnswer]) -> TokenGrant:
        answer = await self._recorded(account, name, _repeatable(call))
        if answer.errcode:
            raise refusal(answer)
        if not answer.access_token or answer.expires_in <= 0:
            raise NotSent(UNREADABLE)
        return TokenGrant(answer.access_token, min(answer.expires_in, LONGEST_TOKEN_SECONDS))

    def _secret(self, account: Account) -> str:
        # An account without one gets WeChat's own answer to that: 41004.
        credentials = self._credentials.get(account.name)
        return "" if credentials is None else credentials.app_secret

    async def _recorded[R](self, account: Account, name: str, call: Awaitable[R], reply_id: int | None = None) -> R:
        started = time.perf_counter()
        outcome, errmsg, rid = CUT_OFF, "", ""
        try:
            result = await call
            outcome = _outcome_text(result)
            if isinstance(result, ApiAnswer) and result.errcode:
                errmsg, rid = split_rid(result.errmsg)
        except (SendError, BadPicture) as error:
            outcome = str(error.values["reason"])
            raise
        finally:
            elapsed = (time.perf_counter() - started) * 1000
            self._publish(ApiCalled(account.name, name, outcome, self._clock(), elapsed, reply_id, errmsg, rid))
        return result


async def _repeatable[R](call: Awaitable[R]) -> R:
    """Report a lost answer as `NotSent`: the call delivers nothing and is repeatable."""
    try:
        return await call
    except DeliveryUnknown as error:
        raise NotSent(str(error.values["reason"])) from None


def _outcome_text(result: object) -> str:
    if result is None:
        return NOTHING_THERE
    if not isinstance(result, ApiAnswer):
        return "0 ok"
    if result.errcode is None and not (result.access_token or result.media_id) and result.dns is None:
        return UNREADABLE
    return "0 ok" if not result.errcode else f"{result.errcode} {meaning_of(result.errcode)}"
