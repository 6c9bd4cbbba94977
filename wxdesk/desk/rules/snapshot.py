"""Snapshots of rules and business hours, restored without losing later changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.business_hours import Calendar, CalendarIds, name_now
from wxdesk.core.rules.deleted import with_hours_of
from wxdesk.core.rules.pairing import revision_content
from wxdesk.core.rules.rule_names import RuleNames


@dataclass(frozen=True, slots=True)
class RulesSnapshot:
    """Rules and business hours at some time.

    `ids` identify business hours whatever they are called later.
    """

    rules: tuple[Rule, ...]
    calendars: tuple[Calendar, ...]
    ids: CalendarIds = field(default_factory=dict)

    def since(self, left: RulesSnapshot) -> RulesSnapshot:
        """Return what was changed, switched or added here since it was `left`.

        Places do not count, nor does a revision with the same content: undo makes one, and so does a new name of
        business hours that a rule names.
        """
        left, names = left.with_names_of(self), RuleNames(self.rules)
        rules = {rule.id: _compared_content(names.bound(rule)) for rule in left.rules}
        return RulesSnapshot(
            tuple(rule for rule in self.rules if rules.get(rule.id) != _compared_content(rule)),
            tuple(one for one in self.calendars if one not in left.calendars),
            self.ids,
        )

    def with_names_of(self, now: RulesSnapshot) -> RulesSnapshot:
        """Rename references and business hours to the names that they have `now`.

        Business hours that are gone and whose name others have now are left out.
        """
        names = {one.name: name_now(one.name, self.ids, now.ids) for one in self.calendars}
        gone = {old for old, new in names.items() if old != new and new not in now.ids}
        calendars = tuple(replace(one, name=names[one.name]) for one in self.calendars if one.name not in gone)
        ids = {names[name]: one for name, one in self.ids.items() if name in names and name not in gone}
        return RulesSnapshot(tuple(with_hours_of(rule, self.ids, now.ids) for rule in self.rules), calendars, ids)

    def restored(self, left: RulesSnapshot, now: RulesSnapshot) -> tuple[RulesSnapshot, RulesSnapshot]:
        """Return what replaces `now` to restore this snapshot, and what it keeps of `now`.

        The replaced rules were `left` in another state; what was saved since then stays.
        """
        kept = now.since(left)
        names = self.with_names_of(now).with_later_changes(kept, now)
        return self.with_names_of(names).with_later_changes(kept, now), kept

    def with_later_changes(self, kept: RulesSnapshot, now: RulesSnapshot) -> RulesSnapshot:
        """Add what is `kept` of `now`: in place, else last but before a trailing default.

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
        ids = {name: one for name, one in ({**self.ids, **now.ids}).items() if name in calendars}
        return RulesSnapshot(tuple(rules), tuple(calendars.values()), ids)


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """Rules before and after a restore, and what was kept as saved meanwhile."""

    before: RulesSnapshot
    left: RulesSnapshot
    kept: RulesSnapshot


def _compared_content(rule: Rule) -> tuple[Rule, bool]:
    return revision_content(rule), rule.enabled
