"""Cache of each account's access_token: fetched once for all users, renewed early.

WeChat has two ways ("获取接口调用凭据", "获取稳定版接口调用凭据"). The classic one makes a new token with every call
and ends the former five minutes later, so two programs on one account take it from each other. The stable one
gives everybody the same token while it lasts; it is the default. A token lives in memory only.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from wxdesk.computer.clock import seconds_elapsed
from wxdesk.core.errors import Phrase, Refused, SendError
from wxdesk.core.events import Event, TokenChanged, TroubleRaised
from wxdesk.core.model.account import Account
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.ports import Clock
from wxdesk.desk.runtime.timers import TICK_SECONDS, sleep
from wxdesk.desk.wechat.explanations import refusal_text
from wxdesk.i18n import explanation
from wxdesk.threads import end_tasks

log = logging.getLogger(__name__)

RETRY_SECONDS = 60.0
"""Delay before a failed background renewal is tried again."""

LONGEST_RETRY_SECONDS = 900.0
"""Longest delay between retries while WeChat refuses; sending retries at once."""

SUSPICIOUS = 3
"""Tokens superseded in a row that suggest another program fetches them too."""

TAKEN = "Another program probably fetches tokens for {account}. Let both use stable_token, or stop one."


@dataclass(frozen=True, slots=True, repr=False)
class TokenGrant:
    """A token as WeChat gave it, and its lifetime in seconds."""

    token: str
    seconds: float


@dataclass(frozen=True, slots=True, repr=False)
class _HeldToken:
    token: str
    renew_at: float
    ends_at: float
    expires_at: datetime  # the same moment as `ends_at`, by the clock on the wall


@dataclass(eq=False, repr=False)
class AccessTokens:
    """Access tokens of all accounts.

    `_fetch` gets one from WeChat; it raises `Refused` or `NotSent`. `margin` is how many seconds before its end a
    token is replaced; for the stable endpoint it must stay below 300, because before its last five minutes that one
    returns the same token again. `_monotonic` must not stand still while the machine sleeps: the tokens age.
    """

    _fetch: Callable[[Account], Awaitable[TokenGrant]]
    _publish: Callable[[Event], None]
    _clock: Clock
    margin: float
    _monotonic: Callable[[], float] = seconds_elapsed

    def __post_init__(self) -> None:
        self._held: dict[str, _HeldToken] = {}
        self._flights: dict[str, asyncio.Task[str]] = {}
        self._outdated: set[asyncio.Task[str]] = set()
        self._renewals: dict[str, tuple[Account, float]] = {}
        self._planned = asyncio.Event()
        self._early: dict[str, int] = {}
        self._failures: dict[str, tuple[int, int]] = {}  # since the last token: refusals, and failures of any kind

    async def get(self, account: Account) -> str:
        """Return a valid token; concurrent callers share one fetch.

        Raises:
            Refused: WeChat gives none, for example because the app secret is wrong.
            NotSent: WeChat could not be reached.
        """
        held = self._held.get(account.name)
        if held is not None and self._monotonic() < held.renew_at:
            return held.token
        try:
            # Shielded: a waiter that is cancelled must not take the others' token away.
            return await asyncio.shield(self._renew_due(account))
        except SendError:
            if (good := self._good(account)) is not None:
                return good.token  # due for renewal, but good for a moment yet
            raise

    def invalidate(self, account: Account, token: str, *, taken: bool = False) -> None:
        """Drop `token`, which WeChat refused, unless a newer one is already held.

        `taken` says that WeChat called it superseded (40001); if that happens repeatedly before a token's time, the
        operator is told that another program fetches them too.
        """
        held = self._held.get(account.name)
        if held is None or held.token != token:
            return
        del self._held[account.name]
        # Both clocks must say so: one may stand still in a sleep, the other may be set.
        if taken and self._monotonic() < held.renew_at and self._clock() < held.expires_at:
            self._suspect(account)

    def seconds_left(self, account: Account) -> float:
        """Return the held token's remaining seconds; 0 if none is held."""
        good = self._good(account)
        return 0.0 if good is None else good.ends_at - self._monotonic()

    async def run(self, accounts: Iterable[Account] = ()) -> None:
        """Fetch the tokens of `accounts` and renew each before its end, until cancelled.

        Without this, both happen when a token is asked for.
        """
        for account in accounts:
            self._renew_due(account)
        while True:
            self._planned.clear()
            now = self._monotonic()
            for account, due in tuple(self._renewals.values()):
                if due <= now:
                    del self._renewals[account.name]
                    self._renew_due(account)
            soonest = min((due for _, due in self._renewals.values()), default=None)
            if soonest is None:
                await self._planned.wait()
            else:
                await sleep(min(soonest - now, TICK_SECONDS), self._planned)

    def try_now(self, name: str) -> None:
        """Ask again at once for an account's token, if none came."""
        renewal = self._renewals.get(name)
        if renewal is not None and name in self._failures:
            self._plan(renewal[0], 0)

    def forget(self, name: str) -> None:
        """Drop what is known of an account that is gone or has another app id or secret.

        A fetch under way ends for those who wait for it, and its token is not kept.
        """
        self._held.pop(name, None)
        self._renewals.pop(name, None)
        self._early.pop(name, None)
        self._publish(TroubleRaised(TroubleArea.TOKEN.key(name), ""))
        if self._failures.pop(name, (0, 0)) > (0, 1):  # else nothing was told
            self._publish(TroubleRaised(TroubleArea.ACCOUNT.key(name), ""))
        flight = self._flights.pop(name, None)
        if flight is not None:
            self._outdated.add(flight)
            flight.add_done_callback(self._outdated.discard)

    def renew(self, account: Account) -> asyncio.Task[str]:
        """Fetch a token and keep it fresh; return the fetch under way if there is one."""
        flight = self._flights.get(account.name)
        if flight is None:
            flight = asyncio.create_task(self._fetched(account), name=f"access_token of {account.name}")
            self._flights[account.name] = flight
            flight.add_done_callback(lambda done: self._landed(account, done))
        return flight

    async def close(self) -> None:
        """Cancel all fetches in progress."""
        await end_tasks((*self._flights.values(), *self._outdated))

    def _landed(self, account: Account, flight: asyncio.Task[str]) -> None:
        if self._flights.get(account.name) is flight:
            del self._flights[account.name]
        if not flight.cancelled():
            flight.exception()  # taken note of here, in case nobody waits for it any more

    async def _fetched(self, account: Account) -> str:
        try:
            grant = await self._fetch(account)
        except SendError as error:
            if self._is_current(account):
                self._missed(account, error)
            raise
        if not self._is_current(account):
            return grant.token
        # A token that lasts only briefly is still worth most of its time.
        lasts = max(grant.seconds - self.margin, grant.seconds * 0.75)
        now, expires_at = self._monotonic(), self._clock() + timedelta(seconds=grant.seconds)
        self._held[account.name] = _HeldToken(grant.token, now + lasts, now + grant.seconds, expires_at)
        self._plan(account, lasts)
        if self._failures.pop(account.name, (0, 0)) > (0, 1):
            self._publish(TroubleRaised(TroubleArea.ACCOUNT.key(account.name), ""))
        self._publish(TokenChanged(account.name, expires_at))
        return grant.token

    def _is_current(self, account: Account) -> bool:
        """Tell whether the running fetch is still that of the account as it is now."""
        return self._flights.get(account.name) is asyncio.current_task()

    def _missed(self, account: Account, error: SendError) -> None:
        """Report a failed renewal and plan the next try, later each time WeChat refuses.

        The held token still counts until it ends, and then another one is asked for at once.
        """
        refused, failed = self._failures.get(account.name, (0, 0))
        refused, failed = self._failures[account.name] = refused + isinstance(error, Refused), failed + 1
        wait = min(LONGEST_RETRY_SECONDS, RETRY_SECONDS * 2 ** min(max(refused, 1) - 1, 10))
        good = self._good(account)
        self._plan(account, wait if good is None else min(wait, good.ends_at - self._monotonic()))
        expires_at = None if good is None else good.expires_at
        words = refusal_text(error.errcode, error.errmsg) if isinstance(error, Refused) else None
        self._publish(TokenChanged(account.name, expires_at, words.sentence if words else explanation(error)))
        if words is not None or (good is None and failed > 1):  # once, a network may fail for a moment
            said, copy = (words.sentence, words.copy) if words else (Phrase(str(error.values["reason"])), "")
            text = Phrase("No access_token for {account}: {said}", account=account.name, said=said)
            key = TroubleArea.ACCOUNT.key(account.name)
            self._publish(TroubleRaised(key, text, copy=copy, account=account.name))

    def _plan(self, account: Account, seconds: float) -> None:
        self._renewals[account.name] = (account, self._monotonic() + seconds)
        self._planned.set()

    def _renew_due(self, account: Account) -> asyncio.Task[str]:
        held = self._held.get(account.name)
        if held is not None and self._monotonic() >= held.renew_at:
            self._early.pop(account.name, None)  # it expired normally, so no other program fetches tokens
            self._publish(TroubleRaised(TroubleArea.TOKEN.key(account.name), ""))
        return self.renew(account)

    def _good(self, account: Account) -> _HeldToken | None:
        held = self._held.get(account.name)
        return held if held is not None and self._monotonic() < held.ends_at else None

    def _suspect(self, account: Account) -> None:
        early = self._early[account.name] = self._early.get(account.name, 0) + 1
        log.info("The access_token of %s was superseded before its time (%d in a row)", account.name, early)
        if early == SUSPICIOUS:
            self._publish(TroubleRaised(TroubleArea.TOKEN.key(account.name), Phrase(TAKEN, account=account.name)))
