"""Binding of names in rules to business hours.

Names of hours in rules of the list follow every renaming. A rule that was deleted, or replaced by an import, did not
follow: when it is restored its names must refer to the same hours, whatever they are called by now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from wxdesk.core.model.rule import Rule

type CalendarIds = Mapping[str, int]
"""Ids of business hours by name, stable as long as the program runs."""

NO_CALENDARS: CalendarIds = MappingProxyType({})


class NameBinding:
    """The business hours that names referred to at some time."""

    def __init__(self, calendars: CalendarIds = NO_CALENDARS) -> None:
        self._calendars = calendars

    def followed(self, rule: Rule, now: NameBinding) -> Rule:
        """Return `rule`, bound to these names, reworded for the names of `now`.

        Business hours that are gone get a name that means nothing: the rule is left out with a fault, rather
        than sent at other hours.
        """
        if not rule.when.calendars:
            return rule
        names = {name: self.name_of_calendar(name, now) for name in rule.when.calendars}
        return replace(rule, when=rule.when.with_renamed_calendars(names))

    def name_of_calendar(self, name: str, now: NameBinding) -> str:
        """Return the name `now` of the hours that `name` meant; an unused one if gone."""
        was = self._calendars.get(name)
        if was is None or was == now._calendars.get(name):
            return name
        called = next((one for one, calendar in now._calendars.items() if calendar == was), None)
        while called is None and name in now._calendars:
            name += "*"
        return called or name
