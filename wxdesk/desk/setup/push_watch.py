"""Watch on requests: keeps attempts, and raises troubles.

A wrong Token, key or path in WeChat's console keeps every message away, and nothing else in the desk would notice:
the listener only sees requests that it has to refuse.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from wxdesk.core.errors import Phrase, StoreError
from wxdesk.core.events import Event, PushSeen, SetupChanged, TroubleRaised
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.desk.runtime.wall_clock import STORE_RETRY_SECONDS
from wxdesk.desk.setup import sentences
from wxdesk.desk.setup.request_facts import DOUBTED, IN_THE_BODY, ON_THE_WAY_IN, is_good, stands_in_the_way
from wxdesk.store.setup.attempts import MOST_KEPT, AttemptStore, CountedFinding

COUNTED_FOR = timedelta(minutes=1)
"""Time for which repeated findings are only counted, not written."""

REPEATED_WITHIN = timedelta(seconds=20)
"""Time within which WeChat sends a push again that was answered too late."""

DOUBTS = 2
"""Unexplained refusals after a good request that raise a trouble.

One may be a stranger's. Whenever a good request refutes such a trouble, it takes twice as many.
"""

_MOST_KEYS = 512


class PushWatch:
    """Hears every request; `public_url` returns the public address, empty if none."""

    def __init__(self, store: AttemptStore, public_url: Callable[[], str], publish: Callable[[Event], None]) -> None:
        self._store = store
        self._public_url = public_url
        self._publish = publish
        self._troubles: dict[str, Finding] = {}
        self._original_ids: dict[str, str] = {}
        self._good: set[str] = set()
        self._doubts: dict[str, int] = {}
        self._enough: dict[str, int] = {}
        self._keys: OrderedDict[tuple[str, str], tuple[datetime, int]] = OrderedDict()
        self._waiting: dict[tuple[object, ...], CountedFinding] = {}
        self._written: dict[tuple[object, ...], datetime] = {}
        self._awake = asyncio.Event()
        self._writing = asyncio.Lock()

    async def load(self, accounts: tuple[str, ...]) -> None:
        """Raise again what was refused when the last run ended."""
        for account in (*accounts, ""):
            for finding in await self._store.newest(account):
                if DOUBTED in finding.values:
                    continue
                if finding.verdict in ON_THE_WAY_IN | IN_THE_BODY:
                    self._raise(finding)
                if finding.check in (Check.URL_CHECK, Check.PUSH) and finding.verdict is not CheckVerdict.NOT_WECHAT:
                    if finding.ok:
                        self._good |= {account, ""}
                    break

    def note_request(self, event: PushSeen, *, awaited: bool = False) -> bool:
        """Take note of a request; False if it may be a stranger's and decides nothing.

        `awaited`: the operator has just submitted the URL, so it is no stranger's.
        """
        finding = self._repeated(event) or self._with_url(event.finding)
        refused = not is_good(event) and finding is not None and stands_in_the_way(event)
        if refused and finding is not None and not awaited and not self._is_certain(finding):
            self._keep_finding(replace(finding, values={**finding.values, DOUBTED: "yes"}))
            return False
        if finding is not None and finding.verdict is not CheckVerdict.UNKNOWN:
            self._keep_finding(finding)
        if is_good(event):
            self._came_through(event)
        elif refused and finding is not None:
            self._raise(finding)
        return True

    def count(self, event: PushSeen) -> None:
        """Count a push that says nothing new."""
        self._remember(event)
        if event.finding is not None:
            self._keep_finding(event.finding)

    def forget(self, account: str) -> None:
        """End the troubles of an account that is gone."""
        if account in self._troubles:
            self._end_trouble(account)
        if self._original_ids.pop(account, ""):
            self._publish(TroubleRaised(f"original_id:{account}", ""))
        self._good.discard(account)

    def expect_secrets(self, account: str) -> None:
        """End the trouble of a missing secret: the next push shows if it is still missing."""
        known = self._troubles.get(account)
        if known is not None and known.verdict is CheckVerdict.SECRET_MISSING:
            self._end_trouble(account)

    def note_change(self, account: str, at: datetime) -> None:
        """Keep when the values by which pushes of an account are judged became others."""
        self._keep_finding(Finding(Check.CONFIGURATION, CheckVerdict.OK, account, at=at))

    async def newest(self, account: str, limit: int = MOST_KEPT) -> tuple[Finding, ...]:
        """Return an account's attempts, newest first."""
        await self.flush()
        return await self._store.newest(account, limit)

    async def run(self) -> None:
        """Write attempts down until cancelled."""
        while True:
            await self._awake.wait()
            self._awake.clear()
            try:
                await self.flush()
            except StoreError:
                await asyncio.sleep(STORE_RETRY_SECONDS)

    async def flush(self) -> None:
        """Write down what has been counted so far.

        Raises `StoreError`: it is counted on, and written next time.
        """
        async with self._writing:
            waiting, self._waiting = self._waiting, {}
            for key, counted in waiting.items():
                self._written[key] = counted.finding.at or datetime.now(UTC)
            try:
                if waiting:
                    await self._store.add(tuple(waiting.values()))
            except StoreError:
                meanwhile, self._waiting = self._waiting, waiting
                for key, counted in meanwhile.items():
                    self._gather(key, counted)
                self._awake.set()
                raise

    def _keep_finding(self, finding: Finding) -> None:
        cause, doubted = finding.values.get(sentences.CAUSE), DOUBTED in finding.values
        key = (finding.account, finding.check, finding.verdict, cause, doubted)
        self._gather(key, CountedFinding(finding))
        written = self._written.get(key)
        if written is None or finding.at is None or finding.at - written >= COUNTED_FOR:
            self._awake.set()
            self._publish(SetupChanged(finding.account))

    def _gather(self, key: tuple[object, ...], counted: CountedFinding) -> None:
        known = self._waiting.get(key)
        self._waiting[key] = replace(counted, times=known.times + counted.times) if known else counted

    def _repeated(self, event: PushSeen) -> Finding | None:
        """Count a push that WeChat sends again because it got no answer in time."""
        if not event.key:
            return None
        first, times = self._remember(event)
        if event.outcome != "duplicate" or times < 0 or event.at - first > REPEATED_WITHIN:
            return None
        return Finding(Check.PUSH, CheckVerdict.PUSH_REPEATED, event.account, {"n": str(times + 1)}, event.at)

    def _remember(self, event: PushSeen) -> tuple[datetime, int]:
        """Note a push; return when it came first, and how often since, at first -1."""
        key = (event.account, event.key)
        first, times = known = self._keys.get(key, (event.at, -1))
        self._keys[key] = (first, times + 1)
        if len(self._keys) > _MOST_KEYS:
            self._keys.popitem(last=False)
        return known

    def _with_url(self, finding: Finding | None) -> Finding | None:
        if finding is None or "expected" not in finding.values:
            return finding
        public_url = self._public_url()
        url = {"url": f"{public_url}{finding.values['expected']}"} if public_url else {}
        return replace(finding, values={**finding.values, **url})

    def _is_certain(self, finding: Finding) -> bool:
        """Tell whether a refusal can only come from WeChat, or is not the first in doubt.

        Anybody can send a request that fits nothing; beside good ones, a single one is no reason to call a person.
        """
        if _is_explained(finding) or finding.account not in self._good:
            return True
        self._doubts[finding.account] = self._doubts.get(finding.account, 0) + 1
        return self._doubts[finding.account] >= self._enough.get(finding.account, DOUBTS)

    def _came_through(self, event: PushSeen) -> None:
        self._good.add(event.account)
        self._good.add("")
        self._doubts.clear()
        for account in (event.account, ""):
            trouble = self._troubles.get(account)
            if trouble is not None and (trouble.verdict in ON_THE_WAY_IN or event.outcome != "checked"):
                self._end_trouble(account)
                if not _is_explained(trouble):
                    self._enough[account] = 2 * self._enough.get(account, DOUBTS)
        if event.outcome != "checked":
            self._compare_original_id(event)

    def _end_trouble(self, account: str) -> None:
        del self._troubles[account]
        self._publish(TroubleRaised(f"push:{account}", ""))

    def _compare_original_id(self, event: PushSeen) -> None:
        differs = event.finding is not None and event.finding.verdict is CheckVerdict.ORIGINAL_ID_DIFFERS
        right = str(event.finding.values["original_id"]) if differs and event.finding else ""
        if right == self._original_ids.get(event.account, ""):
            return
        self._original_ids[event.account] = right
        text = _of_account(event.finding) if differs and event.finding else ""
        self._publish(TroubleRaised(f"original_id:{event.account}", text, copy=right))

    def _raise(self, finding: Finding) -> None:
        known = self._troubles.get(finding.account)
        # Anybody can cause what belongs to no account, with another path each time: it is told once.
        if known is not None and (
            not finding.account or (known.verdict, known.values) == (finding.verdict, finding.values)
        ):
            return
        self._troubles[finding.account] = finding
        self._publish(TroubleRaised(f"push:{finding.account}", _of_account(finding), copy=sentences.copy(finding)))


def _is_explained(finding: Finding) -> bool:
    """Tell if only somebody who knows a secret of ours can have caused this."""
    fits = finding.verdict is not CheckVerdict.TOKEN_DIFFERS or sentences.CAUSE in finding.values
    return bool(finding.account) and fits


def _of_account(finding: Finding) -> Phrase:
    return sentences.of_account(finding, sentences.trouble(finding))
