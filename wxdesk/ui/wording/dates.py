"""A point in time as it is told: today's by the hour, another day's with its date."""

from __future__ import annotations

from datetime import datetime

from wxdesk.ui.wording.messages import DAY, clock_time, date_word


def dated_time(at: datetime, now: datetime) -> str:
    """A time of today, or with its date where it is another day's."""
    local, today = at.astimezone().date(), now.astimezone().date()
    if local == today:
        return clock_time(at)
    return f"{date_word(local, with_year=abs(local - today) > 180 * DAY)} {clock_time(at)}"
