"""Business hours: weekly spans, special days, the next opening, and their list.

Spans are wall-clock times of a time zone, may cross midnight, and belong to the day on which they begin.
All questions take and give aware times in UTC, so that the days when clocks are changed come out right.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import count

from msgspec import Struct, field
from msgspec.structs import replace

from wxdesk.core.model.rule import Reference, Rule

HORIZON_DAYS = 400
"""Days to look ahead for an opening; a calendar closed for longer never opens."""

MIDNIGHT = "24:00"
"""The end of a day, which is the beginning of the next."""

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class Weekday(StrEnum):
    """The days of a week, in the words of the rules file."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class OpenSpan(Struct, frozen=True):
    """Open from `opens` until before `closes`; on the next day if that is not later."""

    opens: time
    closes: time

    @property
    def is_ambiguous(self) -> bool:
        """True if it opens when it closes, but at midnight: all day or never is unclear."""
        return self.opens == self.closes != time(0)


class WeeklySpan(Struct, frozen=True):
    """A span on some days of every week."""

    days: frozenset[Weekday]
    span: OpenSpan


class SpecialDays(Struct, frozen=True):
    """Days from `first` to `last` with other hours than weekly; no span: closed."""

    first: date
    last: date
    span: OpenSpan | None = None
    label: str = ""

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


class Calendar(Struct, frozen=True):
    """Business hours; `zone` is an IANA name, or empty for that of the asking account.

    `id` is 0 until the store has given one, which no other calendar ever gets.
    Of special days that cover the same date, those that cover the fewest days hold, together if there are
    several: a working Saturday within a closed week, or a morning and an afternoon.
    """

    name: str
    zone: str = ""
    weekly: tuple[WeeklySpan, ...] = ()
    special: tuple[SpecialDays, ...] = ()
    id: int = 0

    def spans(self, day: date) -> tuple[OpenSpan, ...]:
        """Return the spans that begin on `day`."""
        special = [days for days in self.special if day in days]
        if special:
            shortest = min(days.last - days.first for days in special)
            return tuple(days.span for days in special if days.span and days.last - days.first == shortest)
        name = tuple(Weekday)[day.weekday()]
        return tuple(weekly.span for weekly in self.weekly if name in weekly.days)


class Schedule:
    """A calendar in its time zone, ready for queries; `zone` None is the machine's."""

    def __init__(self, calendar: Calendar, zone: tzinfo | None) -> None:
        self._calendar = calendar
        self._zone = zone
        self._elsewhere: dict[tzinfo, Schedule] = {}

    @property
    def name(self) -> str:
        """The name of its calendar."""
        return self._calendar.name

    def in_zone(self, zone: tzinfo | None) -> "Schedule":
        """Return the hours for an account in `zone`, unless the calendar has its own zone."""
        if zone is None or zone == self._zone or self._calendar.zone:
            return self
        return self._elsewhere.setdefault(zone, Schedule(self._calendar, zone))

    def local(self, at: datetime) -> datetime:
        """Return `at` in the schedule's time zone."""
        return at.astimezone(self._zone)

    def is_open(self, at: datetime) -> bool:
        """True if `at` lies within the hours."""
        today = self._day(at)
        days = (today - timedelta(days=1), today)
        return any(start <= at < end for day in days for start, end in self._spans(day))

    def next_open(self, at: datetime) -> datetime | None:
        """Return the next opening after `at`, from closed; None if there is none."""
        return next((start for start, _ in self._openings(at) if start > at), None)

    def next_close(self, at: datetime) -> datetime | None:
        """Return the next closing after `at`; None if there is none."""
        horizon = at + timedelta(days=HORIZON_DAYS)
        return next((end for _, end in self._openings(at) if end > at and end < horizon), None)

    def _openings(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the open times, from about `at` on, in order and without touching."""
        first = self._day(at) - timedelta(days=1)
        current: tuple[datetime, datetime] | None = None
        for offset in range(HORIZON_DAYS + 2):
            for start, end in sorted(self._spans(first + timedelta(days=offset))):
                if current is not None and start <= current[1]:
                    current = (current[0], max(current[1], end))
                    continue
                if current is not None:
                    yield current
                current = (start, end)
            if current is not None and self._goes_on_for_ever(current, first + timedelta(days=offset)):
                current = (current[0], at + timedelta(days=HORIZON_DAYS))
                break
        if current is not None:
            yield current

    def _goes_on_for_ever(self, opening: tuple[datetime, datetime], day: date) -> bool:
        """True after an open week up to the end of `day`, if only such weeks follow."""
        begins = max([self._day(opening[0]), *(days.last for days in self._calendar.special)])
        return day - begins > timedelta(days=7) and self._day(opening[1]) > day

    def _day(self, at: datetime) -> date:
        return self.local(at).date()

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """The spans that begin on `day`, in UTC."""
        return [
            (self._instant(day, span.opens, last=False), self._instant(closing, span.closes, last=True))
            for span in self._calendar.spans(day)
            for closing in (day if span.closes > span.opens else day + timedelta(days=1),)
        ]

    def _instant(self, day: date, clock: time, *, last: bool) -> datetime:
        """Return the instant of a wall-clock time, of two the `last` or the first.

        A time that is skipped is the moment of the change.
        """
        first, second = (self._utc(datetime.combine(day, clock.replace(fold=fold))) for fold in (0, 1))
        if first > second:
            return self._leap(second, first)
        return second if last else first

    def _utc(self, wall: datetime) -> datetime:
        # A naive time is the machine's own to astimezone.
        return (wall if self._zone is None else wall.replace(tzinfo=self._zone)).astimezone(UTC)

    def _leap(self, before: datetime, after: datetime) -> datetime:
        """Return the minute between both at which the clock is put forward."""
        offset = after.astimezone(self._zone).utcoffset()
        while after - before > timedelta(minutes=1):
            middle = before + (after - before) / 2
            if middle.astimezone(self._zone).utcoffset() == offset:
                after = middle
            else:
                before = middle
        return (after + timedelta(seconds=30)).replace(second=0, microsecond=0)


def is_empty(calendar: Calendar) -> bool:
    """True if it is never open."""
    return not calendar.weekly and not any(days.span for days in calendar.special)


def clock_from(text: str, *, closing: bool = False) -> time | None:
    """Parse `HH:MM`; None if it is no time. Only a closing time may be 24:00."""
    if closing and text == MIDNIGHT:
        return time(0)
    found = _CLOCK.fullmatch(text)
    return time(int(found[1]), int(found[2])) if found else None


class CalendarList(Struct, frozen=True):
    """Calendars in order, and names of `deleted` ones, whose ids are never reused."""

    calendars: tuple[Calendar, ...] = ()
    deleted: Mapping[int, str] = field(default_factory=dict)

    @property
    def ids(self) -> dict[str, int]:
        """The ids of the calendars by name, in order."""
        return {one.name: one.id for one in self.calendars}

    @property
    def names(self) -> dict[int, str]:
        """The names of all calendars by id, also of deleted ones."""
        return {**self.deleted, **{one.id: one.name for one in self.calendars}}

    def name_of(self, reference: Reference) -> str:
        """Return the name of a calendar, also of a deleted one."""
        return reference if isinstance(reference, str) else self.names.get(reference, f"#{reference}")

    def reference_to(self, reference: Reference) -> Reference:
        """Return the id of the calendar of that name, if there is one."""
        return self.ids.get(reference, reference) if isinstance(reference, str) else reference

    def bound(self, rule: Rule) -> Rule:
        """Return the rule with business hours by id, wherever a calendar has the name."""
        return replace(rule, when=rule.when.referring(self.reference_to, lambda other: other))

    def named(self, rule: Rule) -> Rule:
        """Return the rule with business hours by name, as people and files have it."""
        return replace(rule, when=rule.when.referring(self.name_of, lambda other: other))

    def replaced_by(self, calendars: Iterable[Calendar]) -> "CalendarList":
        """Return exactly these calendars, the new ones with ids."""
        ids = count(max(self.names, default=0) + 1)
        kept = tuple(one if one.id else replace(one, id=next(ids)) for one in calendars)
        there = {one.id for one in kept}
        return CalendarList(kept, {number: name for number, name in self.names.items() if number not in there})

    def with_file(self, calendars: Iterable[Calendar]) -> "CalendarList":
        """Add calendars without ids, each in the place of its namesake."""
        there = {one.name: one for one in self.calendars}
        new = {one.name: replace(one, id=self.ids.get(one.name, 0)) for one in calendars}
        return self.replaced_by((there | new).values())
