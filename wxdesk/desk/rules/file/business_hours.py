"""Reads and writes `[[calendars]]` of a rules file: business hours.

    [[calendars]]
    name = "店"
    zone = "Asia/Shanghai"
    weekly = [{ days = ["mon", "tue", "wed", "thu", "fri"], from = "09:00", to = "21:00" }]
    exceptions = [{ date = "2026-10-01", until = "2026-10-07", closed = true, label = "国庆" }]

Of exceptions that cover the same date, those for the fewest days hold.
"""

from datetime import date, datetime, time

from wxdesk.core.errors import Phrase
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, SpecialDays, Weekday, WeeklySpan, clock_from
from wxdesk.desk.rules.file.toml_table import TomlTable
from wxdesk.timezones import zone_named
from wxdesk.toml import Path, table_text


def calendar_from(value: object, path: Path) -> Calendar:
    """Return the calendar that a table describes; raises `RulesFileMistake`."""
    table = TomlTable(value, path, ("name", "zone", "weekly", "exceptions"))
    name, zone = table.text("name"), table.text("zone")
    if not name.strip():
        raise table.mistake(Phrase("A calendar needs a name."), "name")
    if zone and zone_named(zone) is None:
        raise table.mistake(Phrase("There is no time zone “{zone}”.", zone=zone), "zone")
    weekly = tuple(_weekly(one) for one in table.tables("weekly", ("days", "from", "to")))
    keys = ("date", "until", "closed", "from", "to", "label")
    special = tuple(_special(one) for one in table.tables("exceptions", keys))
    if not weekly and not any(one.span for one in special):
        raise table.mistake(Phrase("This calendar is never open: “weekly” names no hours."))
    return Calendar(name, zone, weekly, special)


def _weekly(table: TomlTable) -> WeeklySpan:
    return WeeklySpan(table.members("days", table.words("days"), Weekday), _span(table))


def _special(table: TomlTable) -> SpecialDays:
    first = _date(table, "date")
    last = _date(table, "until") if "until" in table else first
    if last < first:
        raise table.mistake(Phrase("“until” is before “date”."), "until")
    closed = table.truth("closed", otherwise=False)
    hours = "from" in table or "to" in table
    if closed is hours:
        raise table.mistake(Phrase("Write either “closed = true” or the hours with “from” and “to”."))
    return SpecialDays(first, last, None if closed else _span(table), table.text("label"))


def _span(table: TomlTable) -> OpenSpan:
    span = OpenSpan(_time(table, "from"), _time(table, "to"))
    if span.is_ambiguous:
        reason = Phrase("“from” and “to” are the same time. For a whole day, write 00:00 to 24:00.")
        raise table.mistake(reason, "to")
    return span


def _time(table: TomlTable, key: str) -> time:
    value = table.raw(key) if key in table else None
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0)
    found = clock_from(value, closing=key == "to") if isinstance(value, str) else None
    if found is None:
        raise table.mistake(Phrase("“{key}” must be a time such as {example}.", key=key, example='"09:00"'), key)
    return found


def _date(table: TomlTable, key: str) -> date:
    value = table.raw(key) if key in table else None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        example = '"2026-10-01"'
        reason = Phrase("“{key}” must be a date such as {example}.", key=key, example=example)
        raise table.mistake(reason, key) from None


def calendar_text(calendar: Calendar) -> str:
    """Return the table, ending with a newline."""
    weekly = [{"days": [day for day in Weekday if day in one.days], **_hours(one.span)} for one in calendar.weekly]
    special = [_special_table(one) for one in calendar.special]
    entries = {
        "name": calendar.name,
        "zone": calendar.zone or None,
        "weekly": weekly or None,
        "exceptions": special or None,
    }
    return table_text("calendars", entries)


def _special_table(days: SpecialDays) -> dict[str, object]:
    last = None if days.last == days.first else days.last.isoformat()
    hours: dict[str, object] = {"closed": True} if days.span is None else {**_hours(days.span)}
    return {"date": days.first.isoformat(), "until": last, **hours, "label": days.label or None}


def _hours(span: OpenSpan) -> dict[str, str]:
    return {"from": f"{span.opens:%H:%M}", "to": f"{span.closes:%H:%M}"}
