"""Business hours in their setting."""

import logging

import msgspec
from sqlalchemy import Connection

from wxdesk.core.rules.business_hours import CalendarList
from wxdesk.store import settings

log = logging.getLogger(__name__)

KEY = "calendars"


def calendars_in(stored: str | None) -> CalendarList:
    """Read the setting; none if a newer program wrote it."""
    try:
        return msgspec.json.decode(stored or "{}", type=CalendarList)
    except msgspec.MsgspecError as error:
        log.warning("The stored calendars cannot be read: %s", error)
        return CalendarList()


def stored_calendars(connection: Connection, *, for_update: bool = False) -> CalendarList:
    """Return the stored calendars, locked by `for_update` until the transaction ends."""
    return calendars_in(settings.get(connection, KEY, for_update=for_update))


def put_calendars(connection: Connection, wanted: CalendarList) -> None:
    """Store these."""
    settings.put(connection, KEY, msgspec.json.encode(wanted).decode())
