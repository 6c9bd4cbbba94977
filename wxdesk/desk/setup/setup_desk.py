"""Set-up of all accounts, as window and doctor ask for it and command it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from msgspec.structs import replace

from wxdesk.core import events
from wxdesk.core.errors import SendError, StoreError
from wxdesk.core.model.account import Account
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.setup.facts import AccountSetup, SetupState, judged_before
from wxdesk.core.setup.findings import TOKEN_CALLS, Check, CheckVerdict, Finding
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.ports import Clock, SetupApi
from wxdesk.desk.settings.configuration import Configuration
from wxdesk.desk.setup.account_findings import (
    OF_THE_SHAPE,
    call_finding,
    failed_fetch,
    kept_back,
    kept_finding,
    program_finding,
    source_findings,
)
from wxdesk.desk.setup.attempts import Attempts
from wxdesk.desk.setup.fact_book import FactBook
from wxdesk.desk.setup.push_watch import PushWatch
from wxdesk.desk.setup.reachability import Reachability
from wxdesk.desk.setup.request_facts import HINTS, facts_of_stored
from wxdesk.desk.setup.request_judge import RequestJudge
from wxdesk.desk.setup.sentences import trouble
from wxdesk.desk.setup.waiting import SetupWaiting
from wxdesk.secrets.sources import AccountSecrets
from wxdesk.store.setup.attempts import AttemptStore

_PROGRAM, _PUSHES = (Check.API,), (Check.URL_CHECK, Check.MESSAGE)

MAY_NOT_SEND = (CheckVerdict.NO_PERMISSION, CheckVerdict.THIRD_PARTY_PLATFORM)
"""Verdicts about an account whose replies WeChat refuses for want of permission."""


@dataclass(eq=False, repr=False)
class SetupDesk:
    """Facts of every account and of the way to it, to be checked again at any time.

    `_has_rules` tells if one is switched on.
    """

    _configuration: Configuration
    _accounts: Mapping[str, Account]
    _api: SetupApi
    _store: AttemptStore
    _reachability: Reachability
    _has_rules: Callable[[], bool]
    _publish: Callable[[events.Event], None]
    _clock: Clock

    def __post_init__(self) -> None:
        self._book = FactBook(self._publish)
        self._attempts = Attempts(self._store, self._publish)
        self._watch = PushWatch(self._attempts, lambda: self.public_url, self._publish)
        self._waiting = SetupWaiting(self._accounts, self._book, self._api, self._store, self._has_rules, self._clock)
        self._requests = RequestJudge(self._configuration, self._watch, self._waiting, self._book)
        self._judged_by: dict[tuple[str, Check], tuple[object, ...]] = {}
        self.refresh()

    @property
    def state(self) -> SetupState:
        """The newest state, one record, readable from any thread."""
        return self._book.state

    def show_state(self, state: SetupState) -> None:
        """Show the state of the server that works instead of this machine's."""
        self._book.state = state

    @property
    def public_url(self) -> str:
        """The public address in force, of config.toml or of the tunnel; empty if none."""
        return self._configuration.now.public_url or self.state.tunnel.public_url.rstrip("/")

    def refresh(self) -> None:
        """Take over changed accounts and secrets, and judge the secrets anew."""
        self._book.keep_accounts(self._accounts)
        for name, account in self._accounts.items():
            found = self._configuration.now.found_for(name)
            places = self._configuration.now.sources
            facts = [kept_back(kept_finding(account, found, self._clock()), places)]
            if why := program_finding(account, found.credentials, self._clock()):
                facts.append(kept_back(why, places))
            elif self._book.finding(name, Check.API).verdict in OF_THE_SHAPE:  # which is mended now
                facts.append(Finding(Check.API, CheckVerdict.UNKNOWN, name))
            self._book.put(name, *facts)
            self._note_changes(account, found)

    def _note_changes(self, account: Account, found: AccountSecrets) -> None:
        """Note when the values became others by which WeChat and its requests were judged."""
        secrets, config = found.credentials, self._configuration.now.config
        program = (secrets.app_secret, account.app_id, config.wechat.api_base)
        pushes = (secrets.push_token, secrets.encoding_aes_key, account.app_id, account.push_mode)
        for steps, values in ((_PROGRAM, program), (_PUSHES, (*pushes, config.listener, config.tunnel))):
            key, now = (account.name, steps[0]), self._clock()
            if values[0] and self._judged_by.setdefault(key, values) != values:  # not a secret that was kept back
                self._judged_by[key] = values
                known = self._book.state.account(account.name).facts
                self._book.put(account.name, *(judged_before(known[step], now) for step in steps if step in known))
                if steps is _PUSHES:
                    self._attempts.keep(Finding(Check.CONFIGURATION, CheckVerdict.OK, account.name, at=now))

    def _publish_sources(self) -> None:
        """Tell what keeps secrets back, or has shut since they were read."""
        now = self._configuration.now
        asked = now.sources if now.missing or now.only_remembered else None
        findings = source_findings(asked) if asked is not None else ()
        text = next(map(trouble, findings), "")
        self._publish(events.TroubleRaised(TroubleArea.SECRETS, text))

    async def load(self) -> None:
        """Take up the facts where the last run left them."""
        self._publish_sources()
        for account in self._accounts:
            facts = facts_of_stored(await self._attempts.newest(account))
            self._book.put(account, *facts.values())
            if Check.MESSAGE not in facts:
                await self._waiting.prove(account)
        await self._watch.load(tuple(self._accounts))

    async def run(self) -> None:
        """Keep what arrives and judge what needs waiting, until cancelled."""
        try:
            await asyncio.gather(self._attempts.run(), self._waiting.run())
        finally:
            with suppress(StoreError):
                await self._attempts.flush()

    def on_event(self, event: events.Event) -> None:
        """Follow what the desk does anyway."""
        match event:
            case events.PushSeen():
                self._requests.judge(event)
            case events.MessageKept() | events.ReplyChanged(state=ReplyState.SENT) | events.RulesChanged():
                self._waiting.look_again()
            case events.ApiCalled(account, call) if call in TOKEN_CALLS:
                self._book.put(account, call_finding(event, self._api_host))
            case events.ApiCalled(call="custom/send"):
                self._note_send(event)
            case events.TokenChanged(account, expires_at, "") if expires_at is not None:
                self._book.put(account, Finding(Check.API, CheckVerdict.OK, account, at=self._clock()))
            case events.ConfigurationChanged():
                self._use_configuration(event)
            case _:
                self._on_way_event(event)

    def _use_configuration(self, changes: events.ConfigurationChanged) -> None:
        self._requests.expect_news()
        for account in changes.removed:
            self._watch.forget(account)
        for account in changes.changed:
            self._watch.expect_secrets(account)
        self.refresh()
        self._publish_sources()
        for account in changes.added:  # it may have another name only, and messages
            self._book.put(account, replace(self.state.reach, account=account))
            self._waiting.message_came(account)

    def _on_way_event(self, event: events.Event) -> None:
        match event:
            case events.ReachabilityChanged(reach):
                self._book.put_reach(reach.finding)
            case events.ListenerChanged(url):
                self._book.put_listener(url)
            case events.TunnelChanged(state):
                self._book.put_tunnel(state)

    # -- commands and questions

    async def try_credentials(self, app_id: str, app_secret: str) -> Finding:
        """Fetch a token for a mini program that is not configured yet; nothing is stored."""
        return await self._try_fetch(self._api.try_credentials(app_id, app_secret))

    async def check_mini_program(self, account: str) -> Finding:
        """Ask WeChat for an account's token; the secret may be another there by now."""
        configured = self._accounts[account]
        credentials = self._configuration.now.found_for(account).credentials
        found = program_finding(configured, credentials, self._clock())
        if found is None and account in self._configuration.credentials:
            found = await self._try_fetch(self._api.check(configured), account)
        elif found is None:  # other secrets are missing, and the desk does not use it yet
            tried = await self.try_credentials(configured.app_id, credentials.app_secret)
            found = replace(tried, account=account)
        self._book.put(account, found)
        return found

    async def check_address(self, account: str = "") -> Finding:
        """Probe the public address now, by an account's own push URL if it is named."""
        found = await self._reachability.check(account)
        if account:
            self._book.put(account, found)
        return found

    async def check_all(self, account: str) -> AccountSetup:
        """Check every fact of an account again."""
        self.refresh()
        await self.check_mini_program(account)
        await self.check_address(account)
        await self._waiting.prove(account)
        return self.state.account(account)

    async def submitted(self, account: str, seen: Finding) -> None:
        """Wait for WeChat's check: the operator has submitted the URL in the console.

        They have `seen` this finding; what has come since stands.
        """
        if seen.says_the_same(self._book.finding(account, Check.URL_CHECK)):
            self._waiting.submitted(account)

    async def attempts(self, account: str, limit: int = 20) -> tuple[Finding, ...]:
        """Return what arrived for an account, newest first; for none if it is empty."""
        stored = await self._attempts.newest(account, limit + 1)
        return tuple(one for one in stored if one.check is not Check.CONFIGURATION)[:limit]

    def hints(self, account: str) -> tuple[Finding, ...]:
        """List what may keep messages away although WeChat has checked the URL."""
        setup = self.state.account(account)
        waits = setup.finding(Check.MESSAGE).verdict is CheckVerdict.WAITING
        checked = setup.finding(Check.URL_CHECK).verdict in (CheckVerdict.OK, CheckVerdict.CLOCK_SKEW)
        return tuple(Finding(Check.MESSAGE, verdict, account) for verdict in HINTS) if waits and checked else ()

    # -- what follows from events

    @property
    def _api_host(self) -> str:
        return urlsplit(self._configuration.now.config.wechat.api_base).netloc

    async def _try_fetch(self, fetch: Awaitable[object], account: str = "") -> Finding:
        try:
            await fetch
        except SendError as error:
            return failed_fetch(error, account, self._api_host, self._clock())
        return Finding(Check.API, CheckVerdict.OK, account, at=self._clock())

    def _note_send(self, call: events.ApiCalled) -> None:
        """Note that an account may not send, and when it may again."""
        found = call_finding(call, self._api_host)
        before = self._book.finding(call.account, Check.MESSAGE)
        if found.verdict in MAY_NOT_SEND:
            self._book.put(call.account, replace(found, check=Check.MESSAGE))
        elif found.verdict is CheckVerdict.OK and before.verdict in MAY_NOT_SEND:
            self._waiting.message_came(call.account)
