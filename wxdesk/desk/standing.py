"""Rules and business hours as a whole, and how they are brought back without losing what was saved since."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wxdesk.core.rules import Rule
from wxdesk.core.schedule import Calendar


@dataclass(frozen=True, slots=True)
class Standing:
    """Rules and business hours as they stood at some time."""

    rules: tuple[Rule, ...]
    calendars: tuple[Calendar, ...]

    def since(self, left: Standing) -> Standing:
        """What is other here than it was `left`: saved or switched since, or new. Places do not count."""
        rules = {rule.id: replace(rule, position=0) for rule in left.rules}
        return Standing(
            tuple(rule for rule in self.rules if rules.get(rule.id) != replace(rule, position=0)),
            tuple(one for one in self.calendars if one not in left.calendars),
        )

    def with_kept(self, kept: Standing, now: Standing) -> Standing:
        """This one, but with what is `kept` of `now`: in its place, else at the end but before a trailing default.

        The business hours that a kept rule asks for stay as well.
        """
        mine = {rule.id: rule for rule in kept.rules}
        rules = [mine.pop(rule.id, rule) for rule in self.rules]
        end = len(rules) - bool(rules and rules[-1].default)
        rules[end:end] = [rule for rule in mine.values() if not rule.default]
        rules += [rule for rule in mine.values() if rule.default]
        asked = frozenset[str]().union(*(rule.when.calendars for rule in kept.rules))
        calendars = {one.name: one for one in now.calendars if one.name in asked}
        calendars |= {one.name: one for one in (*self.calendars, *kept.calendars)}
        return Standing(tuple(rules), tuple(calendars.values()))


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restoring replaced, what it has made, and what of the former it kept because it was saved meanwhile."""

    before: Standing
    left: Standing
    kept: Standing
