"""Attempts as they are made: counted in memory, and written down by and by."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from wxdesk.core.errors import StoreError
from wxdesk.core.events import Event, SetupChanged
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding, Gravity
from wxdesk.desk.runtime.timers import STORE_RETRY_SECONDS
from wxdesk.desk.setup.request_facts import DOUBTED
from wxdesk.desk.setup.sentences import CAUSE
from wxdesk.store.setup.attempts import MOST_KEPT, AttemptStore, CountedFinding

COUNTED_FOR = timedelta(minutes=1)
"""Time for which repeated findings are only counted, not written."""


class Attempts:
    """Attempts of all accounts: a flood of the same one costs a write a minute."""

    def __init__(self, store: AttemptStore, publish: Callable[[Event], None]) -> None:
        self._store = store
        self._publish = publish
        self._unwritten: dict[tuple[object, ...], CountedFinding] = {}
        self._written: dict[tuple[object, ...], datetime] = {}
        self._refutable: set[str] = set()  # accounts of which a good request would change what is written
        self._awake = asyncio.Event()
        self._writing = asyncio.Lock()

    def keep(self, finding: Finding) -> None:
        """Count a finding; it is written soon, unless the same was written just now."""
        key = (finding.account, finding.check, finding.verdict, finding.values.get(CAUSE), DOUBTED in finding.values)
        self._count(key, CountedFinding(finding))
        written = self._written.get(key)
        refutes = finding.verdict is CheckVerdict.OK and finding.account in self._refutable
        if refutes or written is None or finding.at is None or finding.at - written >= COUNTED_FOR:
            self._awake.set()
            self._publish(SetupChanged(finding.account))

    def _count(self, key: tuple[object, ...], counted: CountedFinding) -> None:
        known = self._unwritten.get(key)
        self._unwritten[key] = replace(counted, times=known.times + counted.times) if known else counted

    def _note(self, written: Finding) -> None:
        """Note if the next good request is news for a doctor, which reads what is written."""
        is_failure = written.verdict.gravity is Gravity.FAILURE and DOUBTED not in written.values
        if is_failure or written.check is Check.CONFIGURATION:
            self._refutable.add(written.account)
        elif written.verdict is CheckVerdict.OK:
            self._refutable.discard(written.account)

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
            unwritten, self._unwritten = self._unwritten, {}
            for key, counted in unwritten.items():
                self._written[key] = counted.finding.at or datetime.now(UTC)
                self._note(counted.finding)
            try:
                if unwritten:
                    await self._store.add(tuple(unwritten.values()))
            except StoreError:
                meanwhile, self._unwritten = self._unwritten, unwritten
                for key, counted in meanwhile.items():
                    self._count(key, counted)
                self._awake.set()
                raise
