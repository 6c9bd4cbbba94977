"""Menu entries that choose an end time, for takeovers and snoozing."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QMenu

from wxdesk.core.model.conversation import Conversation
from wxdesk.core.rules.business_hours import Schedule
from wxdesk.desk.desk import Desk
from wxdesk.i18n import tr
from wxdesk.timezones import zone_named
from wxdesk.ui.widgets.labels import plain_tip
from wxdesk.ui.wording.messages import clock_time
from wxdesk.ui.wording.until import EndChoice, HoursBoundary


def offer(menu: QMenu, ends: Iterable[EndChoice[Any]]) -> None:
    """Add an entry for each end time; its tooltip says why it cannot be chosen."""
    menu.setToolTipsVisible(True)
    for end in ends:
        action = menu.addAction(end.text.replace("&", "&&"))
        action.setData(end.end)
        action.setEnabled(end.end is not None)
        action.setToolTip(plain_tip(end.tip or end.text))
        action.setCheckable(end.chosen)
        action.setChecked(end.chosen)


def _own_hours(desk: Desk, conversation: Conversation | None) -> Schedule | None:
    """Return the schedule of the preferred calendar, else of the first, or None.

    A calendar without a time zone uses that of the conversation's account.
    """
    schedules = desk.rules.rulebook.calendars.schedules
    schedule = schedules.get(desk.preferences.now.calendar) or next(iter(schedules.values()), None)
    account = desk.accounts.get(conversation.account) if conversation is not None else None
    return schedule and schedule.in_zone(zone_named(account.timezone) if account is not None else None)


def next_hours_change(
    desk: Desk, conversation: Conversation | None, of: Callable[[Schedule], datetime | None]
) -> HoursBoundary:
    """Return the next opening or closing, by `of`, or why there is none."""
    schedule = _own_hours(desk, conversation)
    if schedule is None:
        return HoursBoundary(problem=tr("There are no business hours yet. They are set on the page of rules."))
    at, never = of(schedule), tr("“{name}” does not open any more.", name=schedule.name)
    if at is None:
        return HoursBoundary(problem=never)
    here, there = clock_time(at), f"{schedule.local(at):%H:%M}"
    return HoursBoundary(at, there=there if there != here else "")
