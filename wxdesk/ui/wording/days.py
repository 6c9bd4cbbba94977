"""Whose days the figures count: the accounts', where all have one and the same time zone, else this machine's.

Times of day in the window are the operator's own all the same; only what “today” counts follows the shop.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from wxdesk.core.model.account import Account
from wxdesk.i18n import tr
from wxdesk.timezones import zone_named


@dataclass(frozen=True, slots=True)
class Days:
    """Days by the clock of the one zone of `names`, IANA's; an empty one is this machine's."""

    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, accounts: Iterable[Account]) -> Days:
        """By whose clock the figures of all these are told."""
        return cls(frozenset(account.timezone for account in accounts))

    @property
    def zone(self) -> tzinfo | None:
        """The zone; None for this machine's."""
        return zone_named(next(iter(self.names))) if len(self.names) == 1 else None

    def date(self, now: datetime) -> date:
        """Which day it is."""
        return now.astimezone(self.zone).date()

    def midnight(self, now: datetime, before: int = 0) -> datetime:
        """When that day began, or one so many days `before` it."""
        first = datetime.combine(self.date(now) - timedelta(days=before), time.min, self.zone)
        return first.astimezone(UTC)  # without a zone, it is taken as this machine's

    def words(self, now: datetime) -> str:
        """What to know about them; empty where they are those that everybody expects."""
        here = now.astimezone().utcoffset()
        if all(now.astimezone(zone_named(name)).utcoffset() == here for name in self.names):
            return ""
        if len(self.names) > 1:
            return tr("The accounts are in different time zones: days go by this computer's clock.")
        return tr("Days go by the accounts' clock: {zone}.", zone=next(iter(self.names)))
