"""A rule that was taken out of the list, with what it takes to bring it back as it was meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.name_binding import NO_CALENDARS, Bearers, CalendarIds
from wxdesk.core.templates import Template


@dataclass(frozen=True, slots=True)
class Removed:
    """`rule` as it stood in the list, whom its names meant, and the ids of those that stood `below` it."""

    rule: Rule
    bearers: Bearers
    below: frozenset[int] = frozenset()

    def place_in(self, listed: Sequence[Rule]) -> int:
        """Before how many of the present rules it comes back: where it was, but a default below what is new.

        What was saved since stands at the end, and above a default that ended the list it can be reached.
        """
        if not self.rule.default:
            return min(self.rule.position - 1, len(listed))
        place = next((place for place, one in enumerate(listed) if one.id in self.below), len(listed))
        while place >= self.rule.position and listed[place - 1].default:  # one that ends the list since
            place -= 1
        return place


def removed_from(
    listed: Sequence[Rule], rule_id: int, answers: Sequence[Template], calendars: CalendarIds = NO_CALENDARS
) -> Removed | None:
    """The rule of that id as it leaves the list, these being the stored `answers`; None if it is not there."""
    at = next((at for at, one in enumerate(listed) if one.id == rule_id), None)
    if at is None:
        return None
    below = frozenset(one.id for one in listed[at + 1 :])
    return Removed(listed[at], Bearers(listed, answers, calendars).named_by(listed[at]), below)
