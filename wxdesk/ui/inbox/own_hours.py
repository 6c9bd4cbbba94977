"""The business hours that the operator's own choices go by."""

from __future__ import annotations

from wxdesk.core.schedule import Schedule
from wxdesk.desk.desk import Desk


def own_hours(desk: Desk) -> tuple[str, Schedule] | None:
    """The calendar that the preferences name, else the first, with its name; None if there is none."""
    schedules = desk.rulebook.calendars.schedules
    if not schedules:
        return None
    named = desk.preferences.now.calendar
    name = named if named in schedules else next(iter(schedules))
    return name, schedules[name]
