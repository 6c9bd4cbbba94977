"""Deletes everything about one person, when asked or after long silence."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec import Struct

from wxdesk.core.errors import BadInput, NotFound, Phrase, WxdeskError
from wxdesk.core.events import ContactErased, Event, RepliesRecalled, TakeoverChanged, TroubleRaised
from wxdesk.core.model.account import Account
from wxdesk.core.model.erasure import Erasure
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.pictures.pictures import Pictures
from wxdesk.desk.ports import Clock
from wxdesk.desk.runtime.decision_lock import DecisionLock
from wxdesk.i18n import counted
from wxdesk.store import Store
from wxdesk.store.settings import SILENCE_TOLD

log = logging.getLogger(__name__)

MONTH = timedelta(days=365.25 / 12)
NOTICE = timedelta(days=1)
"""Time between telling of deletions after long silence and beginning them."""

EVERY_SECONDS = 600.0
AT_ONCE = 20
"""Persons deleted in one turn."""

REST_SECONDS = 1.0
"""Rest after each of them."""


class Erasing(Struct, frozen=True):
    """Deletion of persons, for good."""

    _store: Store
    _accounts: Mapping[str, Account]
    _pictures: Pictures
    _decision_lock: DecisionLock
    _publish: Callable[[Event], None]
    _clock: Clock

    async def erase(self, conversation_id: int) -> Erasure:
        """Delete the person of a conversation with everything that was kept of them.

        Messages, replies, WeChat's pushes, decisions, pictures, notes, and their words in the search. Replies that
        wait do not leave.

        Raises:
            NotFound: there is no such conversation.
            BadInput: a reply is just being sent.
        """
        self._publish(RepliesRecalled(conversation_id))
        receipt = await self._erase(conversation_id)
        await self._store.person_rows.scrub()
        return receipt

    async def _erase(self, conversation_id: int, silent_since: datetime | None = None) -> Erasure:
        async with self._decision_lock:  # no decision about them is being made
            receipt, pictures = await self._store.person_rows.erase(conversation_id, silent_since)
        for digest in pictures:
            await self._pictures.remove(digest)
        log.info("A customer of %s was deleted, with %s messages", receipt.account, receipt.messages)
        self._publish(TakeoverChanged(conversation_id, None))
        self._publish(ContactErased(conversation_id))
        return receipt

    async def run(self) -> None:
        """Delete who has been silent longer than their account says, until cancelled."""
        while True:
            for account in list(self._accounts.values()):
                try:
                    await self.forget_silent(account)
                except WxdeskError as error:  # the next turn tries again
                    log.warning("Nobody of %s was deleted for silence: %s", account.name, error)
            await asyncio.sleep(EVERY_SECONDS)

    async def forget_silent(self, account: Account) -> int:
        """Delete some of those who have been silent too long, a day after telling so."""
        key, now = SILENCE_TOLD + account.name, self._clock()
        told = await self._store.settings.get(key) or ""
        if not account.keep_months:
            if told:  # who switches it on again is told again
                await self._store.settings.set(key, "")
            return 0
        limit = now - account.keep_months * MONTH
        silent = await self._store.person_rows.silent(account.name, limit)
        months, _, since = told.partition(" ")
        if silent and months != str(account.keep_months):
            await self._store.settings.set(key, f"{account.keep_months} {now.isoformat()}")
            trouble = TroubleArea.KEEP_MONTHS.key(account.name)
            self._publish(TroubleRaised(trouble, _announced(account, len(silent)), passing=True))
        elif silent and now - datetime.fromisoformat(since) >= NOTICE:
            return await self._forget(silent, limit)
        return 0

    async def _forget(self, silent: Sequence[int], limit: datetime) -> int:
        """Delete some of these, if still nothing was said with them since `limit`."""
        gone = 0
        try:
            for conversation_id in silent:
                if gone == AT_ONCE:
                    break
                await self._store.pushes.until_answered(1.0)
                with suppress(NotFound, BadInput):  # they wrote meanwhile, or are being written to
                    await self._erase(conversation_id, limit)
                    gone += 1
                await asyncio.sleep(REST_SECONDS)
        finally:
            await self._store.person_rows.scrub()
        return gone


def _announced(account: Account, n: int) -> Phrase:
    return counted(
        "{n} customer of “{account}” has been silent longer than it keeps anybody, and is deleted from tomorrow on. "
        "keep_months in config.toml stops it.",
        "{n} customers of “{account}” have been silent longer than it keeps anybody, and are deleted from tomorrow on. "
        "keep_months in config.toml stops it.",
        n, account=account.name,
    )  # fmt: skip
