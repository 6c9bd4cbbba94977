"""Facts that are only known after waiting, or after a look at the store."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from wxdesk.core.errors import SendError
from wxdesk.core.model.account import Account
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.desk.ports import Clock, SetupApi
from wxdesk.desk.runtime.timers import keep_looking
from wxdesk.desk.setup.fact_book import FactBook
from wxdesk.desk.setup.request_facts import IN_THE_BODY
from wxdesk.store.setup.attempts import AttemptStore, CountedFinding

PAUSE_SECONDS = 0.5
"""Least time between two looks, so that a flood of messages costs little."""

PATIENCE = timedelta(seconds=15)
"""Time within which WeChat's check of the URL comes after it was submitted."""


@dataclass(eq=False, repr=False)
class SetupWaiting:
    """Judges in the background what is only known later."""

    _accounts: Mapping[str, Account]
    _book: FactBook
    _api: SetupApi
    _store: AttemptStore
    _has_rules: Callable[[], bool]
    _clock: Clock

    def __post_init__(self) -> None:
        self._submitted: dict[str, datetime] = {}
        self._unproven: set[str] = set()  # accounts whose messages are not known to be answered
        self._awake = asyncio.Event()

    @property
    def waited_for(self) -> tuple[str, ...]:
        """Accounts whose URL was submitted and not checked since."""
        return tuple(self._submitted)

    def submitted(self, account: str) -> None:
        """Wait for WeChat's check of an account's URL from now on."""
        self._submitted[account] = self._clock()
        self._put(account, Finding(Check.URL_CHECK, CheckVerdict.WAITING, account))
        self._awake.set()

    def checked(self, account: str) -> None:
        """Take note that a request decided an account's check of the URL."""
        self._submitted.pop(account, None)

    def message_came(self, account: str) -> None:
        """Look whether messages of an account are answered; that of a done one is known."""
        known = self._book.finding(account, Check.MESSAGE)
        if known.verdict is not CheckVerdict.OK or known.outdated:
            self._unproven.add(account)
            self._awake.set()

    def message_refused(self, account: str) -> None:
        """Let a refused message stand until a later one comes through."""
        self._unproven.discard(account)

    def look_again(self) -> None:
        """Look again at all accounts whose messages are not known to be answered."""
        if self._unproven:
            self._awake.set()

    async def run(self) -> None:
        """Judge until cancelled."""
        await keep_looking(self._judge, self._awake, self._clock)

    async def _judge(self) -> datetime | None:
        for account in tuple(self._unproven):
            await self.prove(account)
        for account, at in tuple(self._submitted.items()):
            if self._clock() - at >= PATIENCE:
                self._submitted.pop(account, None)
                await self._judge_silence(account)
        await asyncio.sleep(PAUSE_SECONDS)
        return min((at + PATIENCE for at in self._submitted.values()), default=None)

    async def prove(self, account: str) -> None:
        """Look in the store for answered messages; a refusal after them stands."""
        proofs = await self._store.proofs(account)
        present = self._book.finding(account, Check.MESSAGE)
        stands = present.verdict in IN_THE_BODY or present.outdated
        if stands and account not in self._unproven:
            return
        if proofs.answered:
            verdict = CheckVerdict.OK
        elif proofs.kept:
            verdict = CheckVerdict.UNANSWERED if self._has_rules() else CheckVerdict.NO_RULES
            self._unproven.add(account)
        else:
            verdict = CheckVerdict.WAITING
        found = Finding(Check.MESSAGE, verdict, account, at=self._clock())
        if proofs.kept and self._book.finding(account, Check.URL_CHECK).verdict is CheckVerdict.UNKNOWN:
            self._put(account, Finding(Check.URL_CHECK, CheckVerdict.OK, account))
        if verdict is CheckVerdict.OK:
            await self._store.add([CountedFinding(found)])
            self._unproven.discard(account)
        self._put(account, found)

    async def _judge_silence(self, account: str) -> None:
        """Say why nothing came after the operator submitted the URL."""
        verdict, cause = CheckVerdict.NOT_SUBMITTED, "unsure"  # without a word of WeChat's
        with suppress(SendError, KeyError):
            verdict, cause = await self._api.check_saved_url(self._accounts[account]), "wechat"
        reach = self._book.state.reach
        if not reach.ok and (verdict is CheckVerdict.OK or cause == "unsure"):
            found = replace(reach, check=Check.URL_CHECK, account=account)
        else:
            verdict = CheckVerdict.WAF_DROPS if verdict is CheckVerdict.OK else verdict
            found = Finding(Check.URL_CHECK, verdict, account, {"cause": cause})
        if self._book.finding(account, Check.URL_CHECK).verdict is CheckVerdict.WAITING:
            self._put(account, found)

    def _put(self, account: str, finding: Finding) -> None:
        self._book.put(account, replace(finding, at=self._clock()))
