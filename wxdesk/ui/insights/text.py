"""Texts of the insights page: durations, shares, hours and names of failures."""

from datetime import datetime, timedelta
from enum import IntEnum

from wxdesk.core.model.reply import ReplyState
from wxdesk.core.model.statistics import HourCount, RuleHits, TimeSpan, Undelivered
from wxdesk.core.wechat.errcodes import meaning_of
from wxdesk.i18n import ntr, tr
from wxdesk.ui.wording.days import Days


class Period(IntEnum):
    """A number of days that ends today."""

    TODAY = 1
    WEEK = 7
    MONTH = 30


def span_of(period: Period, now: datetime, days: Days) -> TimeSpan:
    """Return the span from midnight of the period's first day until `now`."""
    return TimeSpan(days.midnight(now, before=period - 1), now)


def before(period: Period, span: TimeSpan) -> TimeSpan:
    """Return the same span one period earlier, for comparison."""
    return span.earlier(timedelta(days=period))


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
    return f"{100 * part / whole:.0f} %" if whole else NONE


def change_text(now: int, before: int) -> str:
    """Format the change in signed per cent; empty if there was nothing before."""
    if not before:
        return ""
    percent = round(100 * (now - before) / before)
    return f"+{percent} %" if percent >= 0 else f"−{-percent} %"


def hour_text(hour: int) -> str:
    """Format one hour of the day as its two ends."""
    return f"{hour:02}:00–{(hour + 1) % 24:02}:00"


def hour_counts(hour: int, count: HourCount) -> str:
    """Describe the counts of one hour of the day."""
    said = tr(
        "rules {rule} · you {operator} · unanswered {nobody}",
        rule=count.by_rule,
        operator=count.by_operator,
        nobody=count.unanswered,
    )
    elsewhere = tr(" · handed over {n}", n=count.handed_over) if count.handed_over else ""
    return f"{hour_text(hour)}    {said}{elsewhere}"


def messages_text(count: int) -> str:
    """Format a number of messages."""
    return ntr("{n} message", "{n} messages", count)


def rule_note(rule: RuleHits) -> str:
    """Describe how many of its matches a rule answered, and how many were corrected."""
    answered = tr("{n} answered", n=rule.answered)
    corrected = tr("{n} corrected", n=rule.corrected) if rule.corrected else ""
    return " · ".join(filter(None, (answered, corrected)))


def undelivered_text(lost: Undelivered) -> str:
    """Describe a failure by its errcode and meaning, or as unknown."""
    if lost.state is ReplyState.UNKNOWN:
        return tr("Outcome unknown, may have arrived")
    if lost.errcode is None:
        return tr("WeChat could not be reached")
    return f"{lost.errcode} {tr(meaning_of(lost.errcode))}"
