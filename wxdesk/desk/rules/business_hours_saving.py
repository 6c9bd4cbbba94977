"""Saves business hours, unless somebody else has changed the same ones."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.errors import CalendarChanged
from wxdesk.core.rules.business_hours import Calendar
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.store.rules.rules import Rules


class BusinessHoursEdit(Struct, frozen=True):
    """New business hours, and the version `opened` for editing.

    `insists`: the edit overrides what somebody else has changed since.
    """

    calendars: Sequence[Calendar]
    opened: Sequence[Calendar] = ()
    insists: bool = False

    def onto(self, there: Sequence[Calendar]) -> tuple[Calendar, ...]:
        """Merge the edit with the calendars `there` now; changes by others only are kept.

        Raises:
            CalendarChanged: one of them was changed on both sides.
        """
        mine, kept = _by_id(self.calendars), _by_id(there)
        changed = {one.id: mine.get(one.id) for one in self.opened if one not in self.calendars}
        for one in self.opened:
            if one.id in changed and kept.get(one.id) not in (one, changed[one.id]):
                self._conflict(changed[one.id] or one)
        new = [one for one in self.calendars if not one.id]
        written = {one.name: one for one in (*changed.values(), *new) if one is not None}
        for other in there:
            if other.id not in changed and other.name in written:
                kept[other.id] = self._in_place_of(other, written[other.name])
        left = [one for one in (kept | changed).values() if one is not None]
        names = {one.name for one in left}
        return (*left, *(one for one in new if one.name not in names))

    def _in_place_of(self, other: Calendar, mine: Calendar) -> Calendar | None:
        """Return a calendar in place of another one that has the name of `mine`."""
        taken = replace(mine, id=other.id)
        if mine.id or taken != other:
            self._conflict(mine)
        return None if mine.id else taken

    def _conflict(self, calendar: Calendar) -> None:
        if not self.insists:
            raise CalendarChanged(calendar=calendar.name)


class BusinessHoursSaving(Struct, frozen=True):
    """Saves business hours, and lets rules that have only a name refer to them."""

    _rulebook: Rulebook
    _rules: Rules

    async def save(self, edit: BusinessHoursEdit) -> None:
        """Save the edit.

        Raises:
            CalendarInUse: a rule, switched off or not, asks for one that would be gone; nothing was changed.
            CalendarChanged: somebody else has changed one of them meanwhile; nothing was changed.
        """
        await self._rules.save_hours(edit.onto)
        await self._rulebook.changed()


def _by_id(calendars: Iterable[Calendar]) -> dict[int, Calendar | None]:
    return {one.id: one for one in calendars}
