"""Binding of names in rules to templates, rules and business hours.

Names in rules of the list follow every renaming. A rule that was deleted, or replaced by an import, did not
follow: when it is restored its names must refer to the same things, whatever they are called by now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from wxdesk.core.model.rule import Action, ActionKind, Rule
from wxdesk.core.rules.template_names import TemplateNames
from wxdesk.core.templates import Template

type CalendarIds = Mapping[str, int]
"""Ids of business hours by name, stable as long as the program runs."""

NO_CALENDARS: CalendarIds = MappingProxyType({})


class NameBinding:
    """The rules, templates and business hours that names referred to at some time."""

    def __init__(
        self, rules: Iterable[Rule], answers: Iterable[Template], calendars: CalendarIds = NO_CALENDARS
    ) -> None:
        self._calendars = calendars
        self._names = {rule.id: rule.name for rule in rules}
        self._answers = TemplateNames(answers)
        self._ids: defaultdict[str, list[int]] = defaultdict(list)
        for rule_id, name in self._names.items():
            self._ids[name].append(rule_id)

    def restricted_to(self, rule: Rule) -> NameBinding:
        """Return the part of the binding that `rule` uses, to be kept for long."""
        calendars = {name: self._calendars[name] for name in rule.when.calendars & self._calendars.keys()}
        kept = NameBinding((), filter(None, (self._answers.meant(name) for name in _answers_in(rule))), calendars)
        for name in rule.when.rules:
            for rule_id in self._ids.get(name, ()):
                kept._names[rule_id] = name
                kept._ids[name].append(rule_id)
        return kept

    def followed(self, rule: Rule, now: NameBinding) -> Rule:
        """Return `rule`, bound to these names, reworded for the names of `now`.

        A template that is gone, or has no name that means it, gets a name that means nothing, and so do business
        hours that are gone: the rule is left out with a fault, rather than sending another template, or at
        other hours. A rule that is gone keeps its name, as it does in a rule of the list.
        """
        if not (rule.when.rules or rule.when.calendars or _answers_in(rule)):
            return rule
        then = tuple(self._called(action, now) for action in rule.then)
        when = rule.when.with_renamed_rules({name: self._name_of_rule(name, now) for name in rule.when.rules})
        when = when.with_renamed_calendars({name: self.name_of_calendar(name, now) for name in rule.when.calendars})
        return replace(rule, then=then, when=when) if (then, when) != (rule.then, rule.when) else rule

    def name_of_calendar(self, name: str, now: NameBinding) -> str:
        """Return the name `now` of the hours that `name` meant; an unused one if gone."""
        was = self._calendars.get(name)
        if was is None or was == now._calendars.get(name):
            return name
        called = next((one for one, calendar in now._calendars.items() if calendar == was), None)
        while called is None and name in now._calendars:
            name += "*"
        return called or name

    def _called(self, action: Action, now: NameBinding) -> Action:
        was = self._answers.meant(action.text) if action.kind is ActionKind.TEMPLATE else None
        if was is None:
            return action
        bearer = now._answers.by_id.get(was.id)
        name = None if bearer is None else now._answers.name_of(bearer, action.text, was)
        return replace(action, text=name or now._free_name(action.text, was))

    def _free_name(self, name: str, was: Template) -> str:
        known = (name, was.title, was.shortcut)
        free = next((one for one in known if one and self._answers.meant(one) is None), "")
        longer = was.title
        while not free:
            longer += "*"
            free = "" if self._answers.meant(longer) else longer
        return free

    def _name_of_rule(self, name: str, now: NameBinding) -> str:
        there = [rule_id for rule_id in self._ids.get(name, ()) if rule_id in now._names]
        return name if not there or name in map(now._names.get, there) else now._names[there[0]]


def _answers_in(rule: Rule) -> set[str]:
    return {action.text for action in rule.then if action.kind is ActionKind.TEMPLATE}
