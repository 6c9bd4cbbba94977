"""Texts about an import's changes: rows of the list, and compared lines."""

from __future__ import annotations

from collections.abc import Iterator

from wxdesk.core.rules.business_hours import Calendar, OpenSpan, SpecialDays, Weekday
from wxdesk.desk.rules.import_check import CalendarChange, RuleChange, RuleChangeKind
from wxdesk.i18n import tr
from wxdesk.ui.editing.revisions.comparison import ComparedSection, compare
from wxdesk.ui.editing.revisions.revision import RevisionLine, RevisionSection
from wxdesk.ui.editing.revisions.wording import joined, labelled
from wxdesk.ui.rules.business_hours.text import end_note
from wxdesk.ui.rules.editor.wording import rule_sections
from wxdesk.ui.wording.messages import weekday_word

_WORDS = {
    RuleChangeKind.NEW: "Added",
    RuleChangeKind.CHANGED: "Changed",
    RuleChangeKind.GONE: "Removed",
    RuleChangeKind.SAME: "The same",
}


def rule_change_text(change: RuleChange) -> str:
    """Return a rule's change in a few words."""
    said = [] if change.change is RuleChangeKind.SAME else [tr(_WORDS[change.change])]
    if change.switched:
        said.append(tr("turned on") if change.rule.enabled else tr("turned off"))
    if change.moved:
        said.append(tr("place {before} → {after}", before=change.place_before, after=change.place_after))
    return " · ".join(said)


def rule_comparison(change: RuleChange) -> tuple[ComparedSection, ...]:
    """Compare a rule as it is with the file's version."""
    before = rule_sections(change.before) if change.before else ()
    after = rule_sections(change.after) if change.after else ()
    return compare(before, after)


def calendar_change_text(change: CalendarChange) -> str:
    """Return a calendar's change in a few words."""
    return tr("Business hours, new") if change.before is None else tr("Business hours, changed")


def calendar_comparison(change: CalendarChange) -> tuple[ComparedSection, ...]:
    """Compare business hours as they are with the file's version."""
    before = (_section(change.before),) if change.before else ()
    return compare(before, (_section(change.after),))


def _section(calendar: Calendar) -> RevisionSection:
    return RevisionSection(tr("Business hours"), tuple(_lines(calendar)))


def _lines(calendar: Calendar) -> Iterator[RevisionLine]:
    yield RevisionLine(labelled(tr("Time zone"), calendar.zone or tr("that of this machine")))
    for weekly in calendar.weekly:
        days = tr(", ").join(weekday_word(number) for number, day in enumerate(Weekday) if day in weekly.days)
        yield RevisionLine(joined(days, _span(weekly.span)))
    for special in calendar.special:
        yield RevisionLine(
            joined(_dates(special), _span(special.span) if special.span else tr("closed"), special.label)
        )


def _dates(days: SpecialDays) -> str:
    return days.first.isoformat() if days.first == days.last else f"{days.first.isoformat()} – {days.last.isoformat()}"


def _span(span: OpenSpan) -> str:
    crossing = end_note(span)
    return crossing if span.opens == span.closes else f"{span.opens:%H:%M}–{span.closes:%H:%M}"
