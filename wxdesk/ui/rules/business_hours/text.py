"""Texts about business hours: open or closed now, and until when."""

from datetime import date, datetime, time, timedelta

from wxdesk.core.rules.business_hours import OpenSpan, Schedule
from wxdesk.i18n import tr
from wxdesk.ui.wording.messages import date_text, weekday_text

WEEK = timedelta(days=7)


def end_note(span: OpenSpan | None) -> str:
    """Return a note on a span that does not end on its own day; empty for others."""
    if span is None or span.closes > span.opens or (span.closes == time(0) and span.opens != time(0)):
        return ""
    if span.closes == span.opens == time(0):
        return tr("all day")
    return tr("until {time} next day", time=f"{span.closes:%H:%M}")


def state_text(schedule: Schedule, now: datetime) -> str:
    """Return if it is open at `now` and when that changes, in the calendar's zone."""
    if schedule.is_open(now):
        closes = schedule.next_close(now)
        return tr("Open now · closes {when}", when=_when(schedule, closes, now)) if closes else tr("Open now, always")
    opens = schedule.next_open(now)
    return tr("Closed now · opens {when}", when=_when(schedule, opens, now)) if opens else tr("Closed, and never opens")


def utc_offset_text(now: datetime) -> str:
    """Return a clock's offset as `UTC+08:00`; `now` is by that clock."""
    text = f"{now:%z}"
    return f"UTC{text[:3]}:{text[3:5]}"


def _when(schedule: Schedule, at: datetime, now: datetime) -> str:
    local, today = schedule.local(at), schedule.local(now).date()
    return " ".join(part for part in (_day(local.date(), today), f"{local:%H:%M}") if part)


def _day(day: date, today: date) -> str:
    if day == today:
        return ""
    return weekday_text(day.weekday()) if day - today < WEEK else date_text(day)
