"""Points in time: today's by the hour, other days' with their date."""

from __future__ import annotations

from datetime import datetime

from wxdesk.ui.wording.messages import DAY, clock_time, date_word


def dated_time(at: datetime, now: datetime) -> str:
    """Return the time alone if it is today's, else with its date."""
    local, today = at.astimezone().date(), now.astimezone().date()
    if local == today:
        return clock_time(at)
    return f"{date_word(local, with_year=abs(local - today) > 180 * DAY)} {clock_time(at)}"
