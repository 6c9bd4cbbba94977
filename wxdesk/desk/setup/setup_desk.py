"""Set-up of all accounts, as window and doctor ask for it and command it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from wxdesk.core.errors import SendError
from wxdesk.core.events import (
    ApiCalled,
    ConfigurationChanged,
    Event,
    ListenerChanged,
    ReachabilityChanged,
    TokenChanged,
    TunnelChanged,
)
from wxdesk.core.model.account import Account
from wxdesk.core.setup.api_verdicts import TOKEN_CALLS
from wxdesk.core.setup.facts import SetupFact, SetupState
from wxdesk.core.setup.findings import Check, Finding
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.core.wechat.credentials import NO_CREDENTIALS, Credentials
from wxdesk.desk.ports import Clock, SetupApi
from wxdesk.desk.setup.api_findings import call_finding, failed_fetch
from wxdesk.desk.setup.fact_book import FactBook
from wxdesk.desk.setup.secret_findings import program_finding, push_finding


class SetupDesk:
    """Facts of every account and of the way to it, to be checked again at any time.

    `accounts` and `credentials` are read anew each time. `api_base` is the address of WeChat's API.
    """

    def __init__(
        self,
        accounts: Mapping[str, Account],
        credentials: Mapping[str, Credentials],
        api: SetupApi,
        api_base: str,
        publish: Callable[[Event], None],
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._credentials = credentials
        self._api = api
        self._api_host = urlsplit(api_base).netloc
        self._clock = clock
        self._book = FactBook(publish)
        self.refresh()

    @property
    def state(self) -> SetupState:
        """The newest state, one record, readable from any thread."""
        return self._book.state

    def refresh(self) -> None:
        """Take over changed accounts and secrets, and judge the secrets anew."""
        self._book.keep_accounts(self._accounts)
        for name, account in self._accounts.items():
            credentials = self._credentials.get(name, NO_CREDENTIALS)
            facts = {SetupFact.MESSAGE_PUSH: push_finding(account, credentials, self._clock())}
            if why := program_finding(account, credentials, self._clock()):
                facts[SetupFact.MINI_PROGRAM] = why
            self._book.put(name, facts)

    def hear(self, event: Event) -> None:
        """Follow what the desk does anyway."""
        match event:
            case ConfigurationChanged():
                self.refresh()
            case ListenerChanged(url):
                self._book.put_listener(url)
            case ReachabilityChanged(reach):
                self._reached(reach.finding)
            case TunnelChanged(state):
                self._book.put_tunnel(state)
            case ApiCalled(account, call) if call in TOKEN_CALLS:
                self._program(account, call_finding(event, self._api_host))
            case TokenChanged(account, expires_at, "") if expires_at is not None:
                self._program(account, Finding(Check.API, CheckVerdict.OK, account, at=self._clock()))
            case _:
                pass

    def _reached(self, finding: Finding) -> None:
        """Take over a finding about the public address, which all accounts share."""
        self._book.put_reach(finding)
        for name in self._accounts:
            self._book.put(name, {SetupFact.ADDRESS: replace(finding, account=name)})

    async def try_credentials(self, app_id: str, app_secret: str) -> Finding:
        """Fetch a token for a mini program that is not configured yet; nothing is stored."""
        try:
            await self._api.try_credentials(app_id, app_secret)
        except SendError as error:
            return failed_fetch(error, "", self._api_host, self._clock())
        return Finding(Check.API, CheckVerdict.OK, at=self._clock())

    async def check_mini_program(self, account: str) -> Finding:
        """Make sure that an account has a token; a held one counts."""
        configured = self._accounts[account]
        found = program_finding(configured, self._credentials.get(account, NO_CREDENTIALS), self._clock())
        if found is None:
            found = await self._fetched(configured)
        self._program(account, found)
        return found

    async def _fetched(self, account: Account) -> Finding:
        try:
            await self._api.check(account)
        except SendError as error:
            return failed_fetch(error, account.name, self._api_host, self._clock())
        return Finding(Check.API, CheckVerdict.OK, account.name, at=self._clock())

    def _program(self, account: str, finding: Finding) -> None:
        self._book.put(account, {SetupFact.MINI_PROGRAM: finding})
