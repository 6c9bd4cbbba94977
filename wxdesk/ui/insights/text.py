"""Texts of the insights page, and its figures as a table."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import IntEnum

from wxdesk.core.model.reply import ReplyState
from wxdesk.core.model.statistics import HOURS, FigureFilter, Figures, MessageCounts, RuleHits, TimeSpan, Undelivered
from wxdesk.core.wechat.errcodes import meaning_of
from wxdesk.desk.data.exporting import FIGURE_COLUMNS, csv_lines
from wxdesk.i18n import account_title, moment_text, ntr, number_text, tr
from wxdesk.ui.wording.days import Days
from wxdesk.ui.wording.times import weekday_text


class Period(IntEnum):
    """A range of days."""

    TODAY = 0
    YESTERDAY = 1
    WEEK = 2
    LATELY = 3
    MONTH = 4
    CHOSEN = 5


type Dates = tuple[date, date]
"""First and last day."""


def dates_of(period: Period, today: date, chosen: Dates) -> Dates:
    """Return the days of a period; those that were `chosen` by hand may be it."""
    if period is Period.CHOSEN:
        return chosen
    back = {Period.YESTERDAY: 1, Period.WEEK: 6, Period.LATELY: 29, Period.MONTH: today.day - 1}.get(period, 0)
    first = today - timedelta(days=back)
    return first, first if period is Period.YESTERDAY else today


def span_of(dates: Dates, now: datetime, days: Days) -> TimeSpan:
    """Return the span from midnight of the first day to the end of the last, or `now`."""
    since, until = (days.midnight(now, (days.date(now) - day).days) for day in (dates[0], dates[1] + timedelta(days=1)))
    return TimeSpan(since, max(since, min(until, now)))


def before(dates: Dates, span: TimeSpan, zone: tzinfo | None) -> TimeSpan:
    """Return the span at the same times of day, as many days earlier, for comparison."""
    days = dates[1] - dates[0] + timedelta(days=1)  # of 23 and 25 hours too
    local = (at.astimezone(zone).replace(tzinfo=zone) for at in (span.since, span.until))
    return TimeSpan(*((at - days).astimezone(UTC) for at in local))


def compared_text(change: str, period: Period, dates: Dates) -> str:
    """Tell a change and what it is compared with; empty if there was nothing."""
    words = {
        Period.TODAY: tr("{change} against yesterday by now", change=change),
        Period.YESTERDAY: tr("{change} against the day before", change=change),
        Period.WEEK: tr("{change} against the week before", change=change),
    }
    days = (dates[1] - dates[0]).days + 1
    other = ntr("{change} against the {n} day before", "{change} against the {n} days before", days, change=change)
    return words.get(period, other) if change else ""


NONE = "–"
"""Dash shown while there is nothing to count."""


def wait_text(wait: timedelta | None) -> str:
    """Format a duration in its two largest units; a dash for none."""
    if wait is None:
        return NONE
    seconds = max(0, round(wait.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if not minutes:
        return tr("{s} s", s=seconds)
    if not hours:
        return tr("{m} min {s} s", m=minutes, s=seconds % 60) if seconds % 60 else tr("{m} min", m=minutes)
    if not days:
        return tr("{h} h {m} min", h=hours, m=minutes % 60) if minutes % 60 else tr("{h} h", h=hours)
    return tr("{d} d {h} h", d=days, h=hours % 24) if hours % 24 else tr("{d} d", d=days)


def share_text(part: int, whole: int) -> str:
    """Format a share in whole per cent; a dash when there is no whole."""
    return f"{part / whole:.0%}" if whole else NONE


def change_text(now: int, before: int) -> str:
    """Format the change in signed per cent; empty if there was nothing before."""
    if not before:
        return ""
    percent = round(100 * (now - before) / before)
    return f"+{number_text(percent)}%" if percent >= 0 else f"−{-percent}%"


def hour_text(hour: int) -> str:
    """Format one hour of the day as its two ends."""
    return f"{hour:02}:00–{(hour + 1) % 24:02}:00"


def hour_counts(hour: int, count: MessageCounts) -> str:
    """Describe the counts of one hour of the day."""
    rule, operator, nobody = map(number_text, (count.by_rule, count.by_operator, count.unanswered))
    said = tr("rules {rule} · by hand {operator} · unanswered {nobody}", rule=rule, operator=operator, nobody=nobody)
    elsewhere = tr(" · handed over {n}", n=count.handed_over) if count.handed_over else ""
    return f"{hour_text(hour)}    {said}{elsewhere}"


def messages_text(count: int) -> str:
    """Format a number of messages."""
    return ntr("{n} message", "{n} messages", count)


def rule_note(rule: RuleHits) -> str:
    """Describe how many of its matches a rule replied to, and how many were corrected."""
    answered = tr("replied to {n}", n=rule.answered)
    corrected = tr("{n} corrected", n=rule.corrected) if rule.corrected else ""
    return " · ".join(filter(None, (answered, corrected)))


def undelivered_text(lost: Undelivered) -> str:
    """Describe a failure by its errcode and meaning, or as unknown."""
    if lost.state is ReplyState.UNKNOWN:
        return tr("Outcome unknown, may have arrived")
    if lost.errcode is None:
        return tr("WeChat could not be reached")
    return f"{lost.errcode} {tr(meaning_of(lost.errcode))}"


def heading_of(figures: Figures, of: FigureFilter) -> str:
    """Say of which time and of whom figures are, for what leaves the window."""
    span = " – ".join(moment_text(at) for at in (figures.span.since, figures.span.until))
    rules = [tr("Rule: {name}", name=rule.name) for rule in figures.rules if rule.rule_id == of.rule_id]
    return " · ".join(filter(None, (span, of.account and account_title(of.account), *rules, of.operator)))


def table_of(figures: Figures, heading: str) -> bytes:
    """Make a table of figures, of what they are, and their numbers."""
    rows = (dict(zip(FIGURE_COLUMNS, row, strict=True)) for row in _rows(figures, heading))
    return "".join(csv_lines(rows, FIGURE_COLUMNS)).encode()


def _rows(figures: Figures, heading: str) -> Iterator[tuple[str, str, int]]:
    yield tr("Messages"), heading, figures.messages.total
    yield tr("Answered by rules"), "", figures.messages.by_rule
    yield tr("By hand"), "", figures.messages.by_operator
    yield tr("Not answered"), "", figures.messages.unanswered
    yield tr("Handed over"), "", figures.messages.handed_over
    for name, waits in ((tr("First response"), figures.first_response), (tr("Waiting for you"), figures.human_wait)):
        measures = ((tr("median"), waits.median), ("90%", waits.ninetieth), (tr("longest"), waits.longest))
        name = tr("{what} (seconds)", what=name)
        yield from ((name, what, wait // timedelta(seconds=1)) for what, wait in measures if wait is not None)
    yield tr("Sent by rules, by hand"), tr("Rules"), figures.sent_by_rule
    yield tr("Sent by rules, by hand"), tr("By hand"), figures.sent_by_operator
    for hour in range(HOURS):
        yield tr("By hour"), hour_text(hour), figures.hours[hour].total
    for day, hours in enumerate(figures.week):
        yield from ((tr("By weekday and hour"), f"{weekday_text(day)} {hour_text(h)}", n) for h, n in enumerate(hours))
    for rule in figures.rules:
        yield tr("Hits"), rule.name, rule.hits
        yield tr("Corrected"), rule.name, rule.corrected
    yield from ((tr("By hand"), name, n) for name, n in figures.operators)
    yield from ((tr("Unmatched"), row.text, row.count) for row in figures.unmatched)
    yield from ((tr("Not delivered"), undelivered_text(row), row.count) for row in figures.undelivered)
