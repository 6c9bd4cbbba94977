"""The operator's business hours, loaded and ready to be asked."""

from collections.abc import Mapping
from datetime import tzinfo
from types import MappingProxyType

from wxdesk.core.model.rule import Reference
from wxdesk.core.rules.business_hours import Calendar, CalendarList, Schedule
from wxdesk.store.rules.rules import KEY, calendars_in
from wxdesk.store.settings import Settings
from wxdesk.timezones import zone_named


class Calendars:
    """All calendars in order, as `stored`, and their `schedules` by id and by name.

    Call `load` first. `zone` is for those that name none, where the account that asks has none either; None: the
    machine's.
    """

    def __init__(self, settings: Settings, zone: tzinfo | None = None) -> None:
        self._settings = settings
        self.zone = zone
        self.all: tuple[Calendar, ...] = ()
        self.stored = CalendarList()
        self.schedules: Mapping[Reference, Schedule] = MappingProxyType({})

    async def load(self) -> None:
        """Load them from the store."""
        self.stored = calendars_in(await self._settings.get(KEY))
        self.all = self.stored.calendars
        found = [(one, self.schedule_of(one)) for one in self.all]
        self.schedules = MappingProxyType({key: made for one, made in found for key in (one.id, one.name)})

    def schedule_of(self, calendar: Calendar) -> Schedule:
        """Return `calendar`, which need not be stored, with its time zone applied."""
        return Schedule(calendar, (zone_named(calendar.zone) if calendar.zone else None) or self.zone)
