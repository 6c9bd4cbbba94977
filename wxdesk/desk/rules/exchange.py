"""Imports rules and exports them, with a check first and an undo by a snapshot."""

import asyncio
from collections.abc import Collection

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.errors import RulesOutdated
from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.business_hours import Calendar
from wxdesk.core.rules.rule_names import RuleNames
from wxdesk.desk.ports import Clock
from wxdesk.desk.rules.file.reading import RulesFile, write_rules
from wxdesk.desk.rules.import_check import ImportCheck, check_import
from wxdesk.desk.rules.rulebook import Rulebook, pictures_of
from wxdesk.store.rules.rules import Rules


class RulesSnapshot(Struct, frozen=True):
    """Rules and business hours at some time."""

    rules: tuple[Rule, ...]
    calendars: tuple[Calendar, ...]

    def since(self, left: "RulesSnapshot") -> "RulesSnapshot":
        """Return what was changed, switched or added here since it was `left`.

        Places do not count, nor does a revision with the same content, as undo makes one.
        """
        names = RuleNames(self.rules)
        rules = {rule.id: _compared_content(names.bound(rule)) for rule in left.rules}
        return RulesSnapshot(
            tuple(rule for rule in self.rules if rules.get(rule.id) != _compared_content(rule)),
            tuple(one for one in self.calendars if one not in left.calendars),
        )

    def restored(self, left: "RulesSnapshot", now: "RulesSnapshot") -> "tuple[RulesSnapshot, RulesSnapshot]":
        """Return what replaces `now` to restore this snapshot, and what it keeps of `now`.

        The replaced rules were `left` in another state; what was saved since then stays.
        """
        kept = now.since(left)
        return self.with_later_changes(kept, now), kept

    def with_later_changes(self, kept: "RulesSnapshot", now: "RulesSnapshot") -> "RulesSnapshot":
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


class RestoreResult(Struct, frozen=True):
    """Rules before and after a restore, and what was kept as saved meanwhile."""

    before: RulesSnapshot
    left: RulesSnapshot
    kept: RulesSnapshot


def _compared_content(rule: Rule) -> tuple[Rule, bool]:
    return rule.written, rule.enabled


class ImportResult(Struct, frozen=True):
    """The result of an import: the rules before and after, and the difference."""

    before: RulesSnapshot
    left: RulesSnapshot
    check: ImportCheck


class ExportResult(Struct, frozen=True):
    """A rules file, with the number of rules and the pictures that it cannot carry."""

    text: str
    rules: int
    pictures: frozenset[str]


class RulesExchange(Struct, frozen=True):
    """Checks, imports, exports and restores the rules of a rulebook."""

    _rulebook: Rulebook
    _rules: Rules
    _clock: Clock
    _accounts: Collection[str] = ()

    async def check(self, text: str, file_name: str) -> ImportCheck:
        """Return what the file would change; raises `BadRulesFile`."""
        return await self._compare(await self._rulebook.judge.read(text, file_name))

    async def take_in(self, text: str, file_name: str) -> ImportResult:
        """Replace all rules by the file's, all or none; its calendars are added.

        Raises:
            BadRulesFile: nothing was changed.
        """
        read = await self._rulebook.judge.read(text, file_name)
        check, before = await self._compare(read), await self.stored()
        bound = [self._rulebook.templates.names.bound(rule) for rule in read.rules]
        rules = await self._rules.replace_all(bound, self._clock(), read.calendars)
        await self._rulebook.changed()
        return ImportResult(before, replace(await self.stored(), rules=tuple(rules)), check)

    async def _compare(self, read: RulesFile) -> ImportCheck:
        names = self._rulebook.templates.names
        stored = [self._rulebook.named(rule) for rule in await self._rules.all()]
        wanted = replace(read, rules=tuple(self._rulebook.named(names.bound(rule)) for rule in read.rules))
        return await asyncio.to_thread(check_import, stored, self._rulebook.calendars.all, wanted, self._accounts)

    async def export(self) -> ExportResult:
        """Export all rules and calendars as a file, switched-off rules included."""
        rules = await self._rulebook.all()
        text = write_rules([self._rulebook.named(rule) for rule in rules], self._rulebook.calendars.all)
        return ExportResult(text, len(rules), pictures_of(rules))

    async def stored(self) -> RulesSnapshot:
        """Return rules and business hours as they are now, to be restored later."""
        return RulesSnapshot(tuple(await self._rules.all()), self._rulebook.calendars.all)

    async def restore(self, former: RulesSnapshot, left: RulesSnapshot) -> RestoreResult:
        """Restore the `former` rules, keeping what was saved since the import (`left`).

        A rule keeps its id, and so all that is known of it; one whose content differs now gets its former content
        as the next revision.
        """
        while True:
            now = await self.stored()
            wanted, kept = former.restored(left, now)
            try:
                rules = await self._rules.restore(wanted.rules, self._clock(), wanted.calendars, now.rules)
            except RulesOutdated:
                continue  # another desk was faster: once more, from what it has stored
            await self._rulebook.changed()
            return RestoreResult(now, replace(wanted, rules=tuple(rules)), kept)
