"""The operator's business hours, loaded and ready to be asked."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from types import MappingProxyType

import msgspec

from wxdesk.core.rules.business_hours import Calendar, CalendarIds, Schedule
from wxdesk.store.settings import Settings
from wxdesk.timezones import zone_named

log = logging.getLogger(__name__)

KEY = "calendars"


class Calendars:
    """All calendars by name, in the order in which they came; call `load` first.

    The store knows them by name only. `ids` identifies them while this program runs, so that a restored rule
    finds those that were renamed meanwhile; one that another desk has renamed counts as another.

    `zone` is for those that name none, where the account that asks has none either; None: the machine's.
    """

    def __init__(self, settings: Settings, zone: tzinfo | None = None) -> None:
        self._settings = settings
        self.zone = zone
        self.all: tuple[Calendar, ...] = ()
        self.schedules: Mapping[str, Schedule] = MappingProxyType({})
        self.ids: CalendarIds = MappingProxyType({})
        self._last_id = 0

    async def load(self) -> None:
        """Load them from the store."""
        self._take((await self.stored())[1])

    async def stored(self) -> tuple[str | None, tuple[Calendar, ...]]:
        """Return the store's text and calendars; none if a newer program wrote them."""
        stored = await self._settings.get(KEY)
        try:
            return stored, msgspec.json.decode(stored or "[]", type=tuple[Calendar, ...])
        except msgspec.MsgspecError as error:
            log.warning("The stored calendars cannot be read: %s", error)
            return stored, ()

    async def replace_all(self, calendars: Iterable[Calendar]) -> None:
        """Keep exactly these; `BusinessHoursSaving` checks whether rules use another."""
        kept = tuple(calendars)
        if kept != self.all:
            await self._settings.set(KEY, self.stored_as(kept)[KEY])
            self._take(kept)

    def rename(self, names: Mapping[str, str]) -> None:
        """Follow a renaming in the store (`names`: new by old)."""
        stay = {name: one for name, one in self.ids.items() if name not in (*names, *names.values())}
        self.ids = stay | {names[name]: one for name, one in self.ids.items() if name in names}

    def stored_with(self, calendars: Sequence[Calendar]) -> Mapping[str, str]:
        """Return the settings to store for these, if any, each replacing its namesake."""
        return self.stored_as({one.name: one for one in (*self.all, *calendars)}.values()) if calendars else {}

    def stored_as(self, calendars: Iterable[Calendar]) -> Mapping[str, str]:
        """Return the settings that `replace_all` would store, for a larger transaction."""
        return {KEY: msgspec.json.encode(tuple(calendars)).decode()}

    def schedule_of(self, calendar: Calendar) -> Schedule:
        """Return `calendar`, which need not be stored, with its time zone applied."""
        return Schedule(calendar, (zone_named(calendar.zone) if calendar.zone else None) or self.zone)

    def _take(self, calendars: Iterable[Calendar]) -> None:
        self.all = tuple(calendars)
        new = (one.name for one in self.all if one.name not in self.ids)
        ids = {**self.ids, **{name: number for number, name in enumerate(new, self._last_id + 1)}}
        self._last_id = max(self._last_id, *ids.values()) if ids else self._last_id
        self.ids = MappingProxyType({one.name: ids[one.name] for one in self.all})
        self.schedules = MappingProxyType({one.name: self.schedule_of(one) for one in self.all})
