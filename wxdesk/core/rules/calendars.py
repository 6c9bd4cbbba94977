"""The list of business hours, to which rules refer by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from wxdesk.core.model.rule import Reference, Rule
from wxdesk.core.rules.business_hours import Calendar


@dataclass(frozen=True, slots=True)
class CalendarList:
    """Calendars in order, and names of `deleted` ones, whose ids are never reused."""

    calendars: tuple[Calendar, ...] = ()
    deleted: Mapping[int, str] = field(default_factory=dict)

    @property
    def ids(self) -> dict[str, int]:
        """The ids of the calendars by name, in order."""
        return {one.name: one.id for one in self.calendars}

    @property
    def names(self) -> dict[int, str]:
        """The names of all calendars by id, also of deleted ones."""
        return {**self.deleted, **{one.id: one.name for one in self.calendars}}

    def name_of(self, reference: Reference) -> str:
        """Return the name of a calendar, also of a deleted one."""
        return reference if isinstance(reference, str) else self.names.get(reference, f"#{reference}")

    def bound(self, rule: Rule) -> Rule:
        """Return the rule with business hours by id, wherever a calendar has the name."""
        return _with_calendars(rule, {name: number for name, number in self.ids.items() if name in rule.when.calendars})

    def named(self, rule: Rule) -> Rule:
        """Return the rule with business hours by name, as people and files have it."""
        return _with_calendars(rule, {one: self.name_of(one) for one in rule.when.calendars})

    def replaced_by(self, calendars: Iterable[Calendar]) -> CalendarList:
        """Return exactly these calendars, the new ones with ids."""
        ids = count(max(self.names, default=0) + 1)
        kept = tuple(one if one.id else replace(one, id=next(ids)) for one in calendars)
        there = {one.id for one in kept}
        return CalendarList(kept, {number: name for number, name in self.names.items() if number not in there})

    def with_file(self, calendars: Iterable[Calendar]) -> CalendarList:
        """Add calendars without ids, each in the place of its namesake."""
        there = {one.name: one for one in self.calendars}
        new = {one.name: replace(one, id=self.ids.get(one.name, 0)) for one in calendars}
        return self.replaced_by((there | new).values())


def _with_calendars(rule: Rule, references: Mapping[Reference, Reference]) -> Rule:
    return replace(rule, when=rule.when.referring(references, {})) if references else rule
