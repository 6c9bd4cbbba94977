"""Calendar days of statistics.

They are in the accounts' time zone if all share one, otherwise in this machine's. Times of day in the window
(`ui.wording.times`) are always the operator's own.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from msgspec import Struct

from wxdesk.core.model.account import Account
from wxdesk.i18n import tr
from wxdesk.timezones import shared_zone, zone_named


class Days(Struct, frozen=True):
    """Days in the one time zone of `names` (IANA); an empty name is this machine's."""

    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, accounts: Iterable[Account]) -> "Days":
        """Return the days that apply to all these accounts."""
        return cls(frozenset(account.timezone for account in accounts))

    @property
    def zone(self) -> tzinfo | None:
        """The zone; None for this machine's."""
        return shared_zone(self.names)

    def date(self, now: datetime) -> date:
        """Return the date at `now`."""
        return now.astimezone(self.zone).date()

    def midnight(self, now: datetime, before: int = 0) -> datetime:
        """Return the start of the day at `now`, or of the day so many days `before`."""
        first = datetime.combine(self.date(now) - timedelta(days=before), time.min, self.zone)
        return first.astimezone(UTC)  # without a zone, it is taken as this machine's

    def words(self, now: datetime) -> str:
        """Return a note on the time zone; empty where days are those of this machine."""
        here = now.astimezone().utcoffset()
        if all(now.astimezone(zone_named(name)).utcoffset() == here for name in self.names):
            return ""
        if len(self.names) > 1:
            return tr("The accounts are in different time zones: days go by this computer's clock.")
        return tr("Days go by the accounts' clock: {zone}.", zone=next(iter(self.names)))
