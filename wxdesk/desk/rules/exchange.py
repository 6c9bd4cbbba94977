"""Imports rules from a file and exports them, with a check first and an undo."""

import asyncio
from dataclasses import dataclass, replace

from wxdesk.core.errors import DecisionOutdated
from wxdesk.desk.ports import Clock
from wxdesk.desk.rules.file.reading import RulesFile, write_rules
from wxdesk.desk.rules.import_check import ImportCheck, check_import
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.rules.snapshot import RestoreResult, RulesSnapshot
from wxdesk.desk.rules.validation import pictures_of
from wxdesk.store.rules.rules import Rules


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The result of an import: the rules before and after, and the difference."""

    before: RulesSnapshot
    left: RulesSnapshot
    check: ImportCheck


@dataclass(frozen=True, slots=True)
class ExportResult:
    """A rules file, with the number of rules and the pictures that it cannot carry."""

    text: str
    rules: int
    pictures: frozenset[str]


class RulesExchange:
    """Checks, imports, exports and restores the rules of `rulebook`."""

    def __init__(self, rulebook: Rulebook, rules: Rules, clock: Clock) -> None:
        self._rulebook = rulebook
        self._rules = rules
        self._clock = clock

    async def check(self, text: str, file_name: str) -> ImportCheck:
        """Return what the file would change; raises `BadRulesFile`."""
        return await self._compared(await self._rulebook.judge.read(text, file_name))

    async def take_in(self, text: str, file_name: str) -> ImportResult:
        """Replace all rules by the file's, all or none; its calendars are added.

        Raises:
            BadRulesFile: nothing was changed.
        """
        read = await self._rulebook.judge.read(text, file_name)
        check, before = await self._compared(read), await self.standing()
        bound = [self._rulebook.shelf.names.bound(rule) for rule in read.rules]
        rules = await self._rules.replace_all(bound, self._clock(), read.calendars)
        await self._rulebook.changed()
        return ImportResult(before, replace(await self.standing(), rules=tuple(rules)), check)

    async def _compared(self, read: RulesFile) -> ImportCheck:
        names = self._rulebook.shelf.names
        stored = [self._rulebook.named(rule) for rule in await self._rules.all()]
        wanted = replace(read, rules=tuple(self._rulebook.named(names.bound(rule)) for rule in read.rules))
        return await asyncio.to_thread(check_import, stored, self._rulebook.calendars.all, wanted)

    async def export(self) -> ExportResult:
        """Export all rules and calendars as a file, switched-off rules included."""
        rules = await self._rulebook.all()
        text = write_rules([self._rulebook.named(rule) for rule in rules], self._rulebook.calendars.all)
        return ExportResult(text, len(rules), pictures_of(rules))

    async def standing(self) -> RulesSnapshot:
        """Return rules and business hours as they are now, to be restored later."""
        return RulesSnapshot(tuple(await self._rules.all()), self._rulebook.calendars.all)

    async def restore(self, former: RulesSnapshot, left: RulesSnapshot) -> RestoreResult:
        """Restore the `former` rules, keeping what was saved since the import (`left`).

        A rule keeps its id, and so all that is known of it; one whose content differs now gets its former content
        as the next revision.
        """
        while True:
            now = await self.standing()
            wanted, kept = former.restored(left, now)
            try:
                rules = await self._rules.restore(wanted.rules, self._clock(), wanted.calendars, now.rules)
            except DecisionOutdated:
                continue  # another desk was faster: once more, from what it has stored
            await self._rulebook.changed()
            return RestoreResult(now, replace(wanted, rules=tuple(rules)), kept)
