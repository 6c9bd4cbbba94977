"""The business hours that the operator's own choices go by."""

from __future__ import annotations

from wxdesk.core.model import Conversation
from wxdesk.core.schedule import Schedule
from wxdesk.desk.desk import Desk
from wxdesk.zones import zone_named


def own_hours(desk: Desk, conversation: Conversation | None) -> tuple[str, Schedule] | None:
    """The calendar that the preferences name, else the first, with its name; None if there is none.

    One without a zone of its own goes by that of the conversation's account.
    """
    schedules = desk.rulebook.calendars.schedules
    if not schedules:
        return None
    named = desk.preferences.now.calendar
    name = named if named in schedules else next(iter(schedules))
    account = desk.accounts.get(conversation.account) if conversation is not None else None
    return name, schedules[name].seen_in(zone_named(account.timezone) if account is not None else None)
