"""Times, dates and spans of time in words.

Times come in UTC and are shown in the operator's own time zone.
"""

from datetime import date, datetime, timedelta

from wxdesk.i18n import clock_text, ntr, tr

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
UNITS = (DAY, HOUR, MINUTE, SECOND)


def waiting_text(since: datetime, now: datetime) -> str:
    """Return the length of a contact's wait for an answer."""
    return tr("Waiting {span}", span=span_text(now - since))


def ago(at: datetime, now: datetime) -> str:
    """Return a past time in short: just now, 2 min, 5 h, yesterday, Oct 2."""
    passed = now - at
    if passed < MINUTE:
        return tr("just now")
    if at.astimezone().date() == now.astimezone().date():
        return span_text(passed)
    return day_text(at, now)


def clock_time(at: datetime) -> str:
    """Return local hours and minutes."""
    return clock_text(at.astimezone())


def clock_second(at: datetime) -> str:
    """Return local hours, minutes and seconds."""
    return f"{at.astimezone():%H:%M:%S}"


def day_text(at: datetime, now: datetime) -> str:
    """Return the local day: today, yesterday, or its date, with another year's year."""
    if is_same_day(at, now):
        return tr("Today")
    day, today = at.astimezone().date(), now.astimezone().date()
    if day == today - DAY:
        return tr("Yesterday")
    return date_text(day, with_year=day.year != today.year)


def is_same_day(at: datetime, other: datetime) -> bool:
    """Tell if two times are of one local day."""
    return at.astimezone().date() == other.astimezone().date()


def weekday_text(number: int) -> str:
    """Return the name of a day of the week, 0 for Monday."""
    return tr(_WEEKDAYS[number])


_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def date_text(day: date, *, with_year: bool = True) -> str:
    """Return a date as it is written in a sentence."""
    values = {"month_name": tr(_MONTHS[day.month - 1]), "year": day.year, "month": day.month, "day": day.day}
    return tr("{month_name} {day}, {year}", **values) if with_year else tr("{month_name} {day}", **values)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def span_text(span: timedelta) -> str:
    """Return a length of time in its largest unit, rounded down, at least 0 s."""
    span = max(span, timedelta())
    if span < MINUTE:
        return tr("{n} s", n=int(span.total_seconds()))
    if span < HOUR:
        return tr("{n} min", n=span // MINUTE)
    return tr("{n} h", n=span // HOUR) if span < 3 * DAY else tr("{n} d", n=span // DAY)


def unit_text(unit: timedelta, n: int) -> str:
    """Return the name of a unit of time as it follows the number `n`."""
    words = {
        DAY: ntr("day", "days", n),
        HOUR: ntr("hour", "hours", n),
        MINUTE: ntr("minute", "minutes", n),
        SECOND: ntr("second", "seconds", n),
    }
    return words[unit]


def whole_unit(span: timedelta) -> timedelta:
    """Return the largest unit in which `span` (whole seconds) is a whole number."""
    return next(unit for unit in UNITS if not span % unit)


def exact_span(span: timedelta) -> str:
    """Return a length of time without rounding: `90 seconds`, `2 hours`."""
    unit = whole_unit(span)
    return f"{span // unit} {unit_text(unit, span // unit)}"


def time_left_text(span: timedelta) -> str:
    """Return the time left as `47:59:52` or `1:05`, rounded up: 0:00 means over."""
    seconds = max(0, -(-span // timedelta(seconds=1)))
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def dated_time(at: datetime, beside: datetime) -> str:
    """Return a time alone if it is of the day of another, else with its date."""
    day, other = at.astimezone().date(), beside.astimezone().date()
    if day == other:
        return clock_time(at)
    date_only = date_text(day, with_year=abs(day - other) > 180 * DAY)
    return tr("{day} {time}", day=date_only, time=clock_time(at))
