"""Texts about business hours: open or closed now, and until when."""

from datetime import datetime, time

from wxdesk.core.rules.business_hours import OpenSpan, Schedule
from wxdesk.i18n import clock_text, tr
from wxdesk.ui.wording.status import upcoming_time


def end_note(span: OpenSpan | None) -> str:
    """Return a note on a span that does not end on its own day; empty for others."""
    if span is None or span.closes > span.opens or (span.closes == time(0) and span.opens != time(0)):
        return ""
    if span.closes == span.opens == time(0):
        return tr("all day")
    return tr("until {time} next day", time=clock_text(span.closes))


def state_text(schedule: Schedule, now: datetime) -> str:
    """Return if it is open at `now` and when that changes, in the calendar's zone."""
    if schedule.is_open(now):
        sentence, at, always = "Open now · closes {when}", schedule.next_close(now), "Open now, always"
    else:
        sentence, at, always = "Closed now · opens {when}", schedule.next_open(now), "Closed, and never opens"
    return tr(sentence, when=upcoming_time(at, now, schedule.local)) if at else tr(always)


def utc_offset_text(now: datetime) -> str:
    """Return a clock's offset as `UTC+08:00`; `now` is by that clock."""
    text = f"{now:%z}"
    return f"UTC{text[:3]}:{text[3:5]}"
