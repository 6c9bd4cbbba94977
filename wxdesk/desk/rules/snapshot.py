"""Snapshots of rules and business hours, restored without losing later changes."""

from __future__ import annotations

from dataclasses import dataclass

from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.business_hours import Calendar
from wxdesk.core.rules.pairing import revision_content
from wxdesk.core.rules.rule_names import RuleNames


@dataclass(frozen=True, slots=True)
class RulesSnapshot:
    """Rules and business hours at some time."""

    rules: tuple[Rule, ...]
    calendars: tuple[Calendar, ...]

    def since(self, left: RulesSnapshot) -> RulesSnapshot:
        """Return what was changed, switched or added here since it was `left`.

        Places do not count, nor does a revision with the same content, as undo makes one.
        """
        names = RuleNames(self.rules)
        rules = {rule.id: _compared_content(names.bound(rule)) for rule in left.rules}
        return RulesSnapshot(
            tuple(rule for rule in self.rules if rules.get(rule.id) != _compared_content(rule)),
            tuple(one for one in self.calendars if one not in left.calendars),
        )

    def restored(self, left: RulesSnapshot, now: RulesSnapshot) -> tuple[RulesSnapshot, RulesSnapshot]:
        """Return what replaces `now` to restore this snapshot, and what it keeps of `now`.

        The replaced rules were `left` in another state; what was saved since then stays.
        """
        kept = now.since(left)
        return self.with_later_changes(kept, now), kept

    def with_later_changes(self, kept: RulesSnapshot, now: RulesSnapshot) -> RulesSnapshot:
        """Add what is `kept` of `now`: in place, else last but before a trailing default.

        The business hours that a kept rule asks for stay as well; those whose name others have now do not come back.
        """
        mine = {rule.id: rule for rule in kept.rules}
        rules = [mine.pop(rule.id, rule) for rule in self.rules]
        end = len(rules) - bool(rules and rules[-1].default)
        rules[end:end] = [rule for rule in mine.values() if not rule.default]
        rules += [rule for rule in mine.values() if rule.default]
        asked = {one for rule in kept.rules for one in rule.when.calendars} - {one.id for one in self.calendars}
        stay = {one.id: one for one in now.calendars if one.id in asked or one in kept.calendars}
        taken = {one.name for one in stay.values()}
        former = {one.id: one for one in self.calendars if one.id in stay or one.name not in taken}
        return RulesSnapshot(tuple(rules), tuple((former | stay).values()))


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """Rules before and after a restore, and what was kept as saved meanwhile."""

    before: RulesSnapshot
    left: RulesSnapshot
    kept: RulesSnapshot


def _compared_content(rule: Rule) -> tuple[Rule, bool]:
    return revision_content(rule), rule.enabled
