"""Draft of business hours: the texts of the fields, and what is wrong with them."""

from collections.abc import Collection, Iterator
from datetime import date

from msgspec import Struct, field

from wxdesk.core.rules.business_hours import (
    MIDNIGHT,
    Calendar,
    OpenSpan,
    SpecialDays,
    Weekday,
    WeeklySpan,
    clock_from,
    is_empty,
)
from wxdesk.i18n import clock_text, tr


class SpanDraft(Struct, frozen=True):
    """Opening and closing time as texts of two fields."""

    opens: str = "09:00"
    closes: str = "18:00"


class SpecialDaysDraft(Struct, frozen=True):
    """Days with their own hours, or closed (None); empty `last`: only the first day."""

    first: str = ""
    last: str = ""
    span: SpanDraft | None = None
    label: str = ""


_WORKING = tuple((SpanDraft(),) if number < 5 else () for number in range(len(Weekday)))


class CalendarDraft(Struct, frozen=True):
    """Calendar being edited; a new one is open from Monday to Friday.

    `days` are the spans of Monday to Sunday. `id` is 0 for one that is not stored.
    """

    name: str = ""
    zone: str = ""
    days: tuple[tuple[SpanDraft, ...], ...] = _WORKING
    special: tuple[SpecialDaysDraft, ...] = ()
    id: int = 0


type CalendarFieldPath = tuple[str | int, ...]
"""Path of a field, such as `("days", 0, 1, "opens")` or `("special", 2, "first")`."""


class CalendarMistake(Struct, frozen=True):
    """Mistake in a field, explained in the operator's language."""

    where: CalendarFieldPath
    reason: str


class _Reading(Struct):
    """Reads texts and collects those that cannot be read."""

    slips: list[CalendarMistake] = field(default_factory=list)

    def span(self, draft: SpanDraft, where: CalendarFieldPath) -> OpenSpan | None:
        opens = clock_from(_normalised_time(draft.opens))
        closes = clock_from(_normalised_time(draft.closes), closing=True)
        if opens is None:
            self.slips.append(CalendarMistake((*where, "opens"), tr("Write a time such as 09:00.")))
        if closes is None:
            self.slips.append(
                CalendarMistake((*where, "closes"), tr("Write a time such as 18:00, or 24:00 for midnight."))
            )
        if opens is None or closes is None:
            return None
        if OpenSpan(opens, closes).is_ambiguous:
            reason = tr("It closes when it opens. For a whole day, write 00:00 to 24:00.")
            self.slips.append(CalendarMistake((*where, "closes"), reason))
        return OpenSpan(opens, closes)

    def special(self, draft: SpecialDaysDraft, where: CalendarFieldPath) -> SpecialDays | None:
        first = self._day(draft.first, (*where, "first"))
        last = self._day(draft.last, (*where, "last")) if draft.last.strip() else first
        if first and last and last < first:
            self.slips.append(CalendarMistake((*where, "last"), tr("This is before the first day.")))
            last = None
        span = self.span(draft.span, where) if draft.span else None
        if first is None or last is None or (draft.span and not span):
            return None
        return SpecialDays(first, last, span, draft.label.strip())

    def _day(self, text: str, where: CalendarFieldPath) -> date | None:
        try:
            return date.fromisoformat(text.strip())
        except ValueError:
            self.slips.append(CalendarMistake(where, tr("Write a date such as 2026-10-01.")))
            return None


def draft_of(calendar: Calendar) -> CalendarDraft:
    """Return a draft of a stored calendar."""
    days = tuple(tuple(_span_draft(weekly.span) for weekly in calendar.weekly if day in weekly.days) for day in Weekday)
    special = tuple(
        SpecialDaysDraft(
            one.first.isoformat(),
            "" if one.last == one.first else one.last.isoformat(),
            None if one.span is None else _span_draft(one.span),
            one.label,
        )
        for one in calendar.special
    )
    return CalendarDraft(calendar.name, calendar.zone, days, special, calendar.id)


def read_draft(draft: CalendarDraft, others: Collection[str] = ()) -> tuple[Calendar, tuple[CalendarMistake, ...]]:
    """Return the readable calendar and the mistakes; `others` are names in use."""
    reading = _Reading()
    name = draft.name.strip()
    if not name:
        reading.slips.append(CalendarMistake(("name",), tr("A calendar needs a name.")))
    elif name in others:
        reading.slips.append(CalendarMistake(("name",), tr("There are two calendars of this name.")))
    weekly = _weekly(draft, reading)
    found = [reading.special(one, ("special", index)) for index, one in enumerate(draft.special)]
    calendar = Calendar(name, draft.zone, weekly, tuple(one for one in found if one), draft.id)
    if not reading.slips and is_empty(calendar):
        reading.slips.append(CalendarMistake(("days",), tr("It never opens: add hours to at least one day.")))
    return calendar, tuple(reading.slips)


def read_span(draft: SpanDraft) -> OpenSpan | None:
    """Return the span that both texts make, or None."""
    return _Reading().span(draft, ())


def _weekly(draft: CalendarDraft, reading: _Reading) -> tuple[WeeklySpan, ...]:
    """Return each span once, with all of its days."""
    days_of: dict[OpenSpan, set[Weekday]] = {}
    for day, span in _spans(draft, reading):
        days_of.setdefault(span, set()).add(day)
    return tuple(WeeklySpan(frozenset(days), span) for span, days in days_of.items())


def _spans(draft: CalendarDraft, reading: _Reading) -> Iterator[tuple[Weekday, OpenSpan]]:
    for number, (day, spans) in enumerate(zip(Weekday, draft.days, strict=True)):
        for index, one in enumerate(spans):
            span = reading.span(one, ("days", number, index))
            if span is not None:
                yield day, span


def _span_draft(span: OpenSpan) -> SpanDraft:
    closes = clock_text(span.closes)
    return SpanDraft(clock_text(span.opens), MIDNIGHT if closes == "00:00" else closes)


def _normalised_time(text: str) -> str:
    """Normalise a time: wide colons become plain, one-digit hours get a zero."""
    text = text.strip().replace("：", ":")
    return text.zfill(5) if len(text) == len("9:00") else text
