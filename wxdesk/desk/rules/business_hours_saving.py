"""Saves business hours, together with the rules and settings that name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from wxdesk.core.errors import CalendarChanged, DecisionOutdated
from wxdesk.core.rules.business_hours import Calendar
from wxdesk.desk.ports import Clock
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.settings.business_hours import KEY, Calendars
from wxdesk.desk.settings.preferences import CurrentPreferences
from wxdesk.store.rules.rules import Rules


@dataclass(frozen=True, slots=True)
class BusinessHoursEdit:
    """New business hours, the version `opened` for editing, and new names by old.

    `insists`: the edit overrides what somebody else has changed since.
    """

    calendars: Sequence[Calendar]
    opened: Sequence[Calendar] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    insists: bool = False

    def onto(self, there: Sequence[Calendar]) -> tuple[Calendar, ...]:
        """Merge the edit with the calendars `there` now; changes by others only are kept.

        Raises:
            CalendarChanged: one of them was changed on both sides.
        """
        kept = [one for mine in self.calendars for one in self._one(mine, _by_name(there))]
        known = {one.name for one in (*self.opened, *kept)}
        self._check_deleted(_by_name(there))
        return (*kept, *(one for one in there if one.name not in known))

    def _one(self, mine: Calendar, there: Mapping[str, Calendar]) -> Iterator[Calendar]:
        old = {new: old for old, new in self.renamed.items()}.get(mine.name, mine.name)
        before, now = _by_name(self.opened).get(old), there.get(old)
        taken = there.get(mine.name) if mine.name not in _by_name(self.opened) else None
        if mine == before:
            yield from (now,) if now is not None else ()
            return
        if now not in (before, mine) or taken not in (None, mine):
            self._conflict(mine.name)
        yield mine

    def _check_deleted(self, there: Mapping[str, Calendar]) -> None:
        left = {one.name for one in self.calendars} | self.renamed.keys()
        for one in self.opened:
            if one.name not in left and there.get(one.name, one) != one:
                self._conflict(one.name)

    def _conflict(self, name: str) -> None:
        if not self.insists:
            raise CalendarChanged(name)


class BusinessHoursSaving:
    """Saves business hours and renames them in rules and settings, all or nothing.

    Deleted rules are renamed when they come back (`core.rules.deleted`).
    """

    def __init__(
        self, rulebook: Rulebook, rules: Rules, calendars: Calendars, preferences: CurrentPreferences, clock: Clock
    ) -> None:
        self._rulebook = rulebook
        self._rules = rules
        self._calendars = calendars
        self._preferences = preferences
        self._clock = clock

    async def save(self, edit: BusinessHoursEdit) -> None:
        """Save the edit.

        Raises:
            CalendarInUse: a rule, switched off or not, asks for one that would be gone; nothing was changed.
            CalendarChanged: somebody else has changed one of them meanwhile; nothing was changed.
        """
        preferences = self._preferences.now
        calendar = edit.renamed.get(preferences.calendar, preferences.calendar)
        followed = replace(preferences, calendar=calendar)
        beside = {} if followed == preferences else self._preferences.stored_as(followed)
        while not await self._stored(edit, beside):
            pass  # another desk was faster: once more, from what it has stored
        self._calendars.rename(edit.renamed)
        if followed != preferences:
            self._preferences.take(followed)
        await self._rulebook.changed()

    async def _stored(self, edit: BusinessHoursEdit, beside: Mapping[str, str]) -> bool:
        written, there = await self._calendars.stored()
        kept = edit.onto(there)
        gone = {one.name for one in there} - {one.name for one in kept} - edit.renamed.keys()
        try:
            await self._rules.save_hours(
                {**self._calendars.stored_as(kept), **beside}, {KEY: written}, edit.renamed, gone, self._clock()
            )
        except DecisionOutdated:
            return False
        return True


def _by_name(calendars: Sequence[Calendar]) -> dict[str, Calendar]:
    return {one.name: one for one in calendars}
