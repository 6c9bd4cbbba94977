"""Deleted rules, with the facts needed to restore them as they were meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.business_hours import CalendarIds, name_now


@dataclass(frozen=True, slots=True)
class DeletedRule:
    """A deleted rule, the business hours of then, and the ids of the rules `below` it."""

    rule: Rule
    calendars: CalendarIds = field(default_factory=dict)
    below: frozenset[int] = frozenset()

    def place_in(self, listed: Sequence[Rule]) -> int:
        """Return the index at which the rule is restored: its former one.

        A default goes below newer rules, which stand at the end, so that they can be reached.
        """
        if not self.rule.default:
            return min(self.rule.position - 1, len(listed))
        place = next((place for place, one in enumerate(listed) if one.id in self.below), len(listed))
        while place >= self.rule.position and listed[place - 1].default:  # one that ends the list since
            place -= 1
        return place


def deleted_from(listed: Sequence[Rule], rule_id: int, calendars: CalendarIds) -> DeletedRule | None:
    """Return the rule of that id as deleted from `listed`; None if it is not there."""
    at = next((at for at, one in enumerate(listed) if one.id == rule_id), None)
    if at is None:
        return None
    return DeletedRule(listed[at], calendars, frozenset(one.id for one in listed[at + 1 :]))


def with_hours_of(rule: Rule, then: CalendarIds, now: CalendarIds) -> Rule:
    """Return a rule deleted or replaced since, with its business hours as named `now`.

    Rules of the list follow every renaming; this one did not. Hours that are gone get a name that means nothing: the
    rule is left out with a fault, rather than sent at other hours.
    """
    names = {name: name_now(name, then, now) for name in rule.when.calendars}
    return replace(rule, when=rule.when.referring(names, {})) if names else rule
