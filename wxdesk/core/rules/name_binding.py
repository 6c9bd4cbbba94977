"""Binding of names in rules to other rules and business hours.

Names in rules of the list follow every renaming. A rule that was deleted, or replaced by an import, did not
follow: when it is restored its names must refer to the same things, whatever they are called by now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from wxdesk.core.model.rule import Rule

type CalendarIds = Mapping[str, int]
"""Ids of business hours by name, stable as long as the program runs."""

NO_CALENDARS: CalendarIds = MappingProxyType({})


class NameBinding:
    """The rules and business hours that names referred to at some time."""

    def __init__(self, rules: Iterable[Rule], calendars: CalendarIds = NO_CALENDARS) -> None:
        self._calendars = calendars
        self._names = {rule.id: rule.name for rule in rules}
        self._ids: defaultdict[str, list[int]] = defaultdict(list)
        for rule_id, name in self._names.items():
            self._ids[name].append(rule_id)

    def restricted_to(self, rule: Rule) -> NameBinding:
        """Return the part of the binding that `rule` uses, to be kept for long."""
        calendars = {name: self._calendars[name] for name in rule.when.calendars & self._calendars.keys()}
        kept = NameBinding((), calendars)
        for name in rule.when.rules:
            for rule_id in self._ids.get(name, ()):
                kept._names[rule_id] = name
                kept._ids[name].append(rule_id)
        return kept

    def followed(self, rule: Rule, now: NameBinding) -> Rule:
        """Return `rule`, bound to these names, reworded for the names of `now`.

        Business hours that are gone get a name that means nothing: the rule is left out with a fault, rather
        than sent at other hours. A rule that is gone keeps its name, as it does in a rule of the list.
        """
        if not (rule.when.rules or rule.when.calendars):
            return rule
        when = rule.when.with_renamed_rules({name: self._name_of_rule(name, now) for name in rule.when.rules})
        when = when.with_renamed_calendars({name: self.name_of_calendar(name, now) for name in rule.when.calendars})
        return replace(rule, when=when) if when != rule.when else rule

    def name_of_calendar(self, name: str, now: NameBinding) -> str:
        """Return the name `now` of the hours that `name` meant; an unused one if gone."""
        was = self._calendars.get(name)
        if was is None or was == now._calendars.get(name):
            return name
        called = next((one for one, calendar in now._calendars.items() if calendar == was), None)
        while called is None and name in now._calendars:
            name += "*"
        return called or name

    def _name_of_rule(self, name: str, now: NameBinding) -> str:
        there = [rule_id for rule_id in self._ids.get(name, ()) if rule_id in now._names]
        return name if not there or name in map(now._names.get, there) else now._names[there[0]]
