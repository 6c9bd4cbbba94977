"""`wxdesk rules import|export`: stored rules to a file and back."""

import argparse
import asyncio
import contextlib
import difflib
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

from wxdesk.commands.accounts import Say
from wxdesk.core.errors import BadRulesFile, DatabaseInUse, HomeInUse
from wxdesk.core.system_failures import naming_file
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.answers.template_lookup import TemplateLookup
from wxdesk.desk.rules.exchange import ExportResult, RulesExchange
from wxdesk.desk.rules.file.business_hours import calendar_text
from wxdesk.desk.rules.file.rule import rule_text
from wxdesk.desk.rules.import_check import (
    ImportCheck,
    RuleChangeKind,
    import_forecast,
    import_summary,
    moves_of,
    pictures_left_behind,
)
from wxdesk.desk.rules.import_socket import import_beside
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.runtime.bus import Bus
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.desk.settings.configuration import Setup
from wxdesk.i18n import explain, ntr, tr
from wxdesk.logs import on_one_line
from wxdesk.paths import write_private
from wxdesk.store import open_store
from wxdesk.store.opening import read_store

type Prepare = Callable[[argparse.Namespace], Setup]


def run_import(options: argparse.Namespace, prepare: Prepare, say: Say) -> int:
    """Replace the stored rules by those of a file, or only tell what it would change."""
    file: Path = options.file
    with naming_file(file):
        text = file.read_text(encoding="utf-8-sig")
    setup = prepare(options)
    if not options.check:
        print(asyncio.run(import_rules(setup, text, file.name)))  # noqa: T201 - the output
        return 0
    try:
        check = asyncio.run(check_rules(setup, text, file.name))
    except BadRulesFile as error:
        say(explain(error))
        return 1
    for line in check_lines(check):
        print(on_one_line(line))  # noqa: T201 - as above; names of somebody else's file steer no terminal
    return 0


def run_export(options: argparse.Namespace, prepare: Prepare, say: Say) -> int:
    """Write the stored rules to a file."""
    file: Path = options.file
    exported = asyncio.run(export_rules(prepare(options)))
    with naming_file(file, new=True):
        write_private(file, exported.text)
    for line in export_lines(exported, file):
        say(line)
    return 0


async def import_rules(setup: Setup, text: str, file_name: str) -> str:
    """Replace the stored rules by those of a file, all or none; return a summary.

    The desk that is open on the same folder takes them in itself, and answers by them from then on.
    """
    try:
        async with _rules(setup) as exchange:
            check = (await exchange.take_in(text, file_name)).check
    except HomeInUse:
        await check_rules(setup, text, file_name)  # a mistake in it is told in the language of this command
        check = await import_beside(setup.home, text, file_name)
    return import_summary(check)


async def check_rules(setup: Setup, text: str, file_name: str) -> ImportCheck:
    """Compute the changes that a rules file would make, without making them."""
    async with _rules(setup, reading=True) as exchange:
        return await exchange.check(text, file_name)


def check_lines(check: ImportCheck) -> Iterator[str]:
    """List the changes of a rules file with differing lines, then a summary."""
    for one in check.rules:
        if not one.changes_nothing:
            place = one.place_after or one.place_before
            moves = f"  ({tr(', ').join(said)})" if (said := moves_of(one)) else ""
            yield f"{_SIGNS[one.change]} {place}. {one.rule.name}{moves}"
            if one.change is RuleChangeKind.CHANGED and one.before and one.after:
                yield from _differing(rule_text(one.before), rule_text(one.after))
    for calendar in check.calendars:
        yield f"{'~' if calendar.before else '+'} [[calendars]] {calendar.after.name}"
        if calendar.before:
            yield from _differing(calendar_text(calendar.before), calendar_text(calendar.after))
    yield import_forecast(check)


_SIGNS = {RuleChangeKind.NEW: "+", RuleChangeKind.CHANGED: "~", RuleChangeKind.SAME: "=", RuleChangeKind.GONE: "-"}


def _differing(before: str, after: str) -> Iterator[str]:
    for line in difflib.ndiff(before.splitlines(), after.splitlines()):
        if line[0] in "+-":
            yield f"    {line}"


async def export_rules(setup: Setup) -> ExportResult:
    """Export the stored rules as a rules file."""
    async with _rules(setup, reading=True) as exchange:
        return await exchange.export()


def export_lines(exported: ExportResult, file: Path) -> Iterator[str]:
    """Tell what an export to `file` holds, and what it leaves behind."""
    yield tr("{rules} exported to {file}", rules=ntr("{n} rule", "{n} rules", exported.rules), file=file)
    if exported.pictures:
        yield pictures_left_behind(len(exported.pictures))


@contextlib.asynccontextmanager
async def _rules(setup: Setup, *, reading: bool = False) -> AsyncIterator[RulesExchange]:
    """Open the rules, to read them also beside the desk that works."""
    try:
        store = await open_store(setup.config.store.url, setup.home)
    except (HomeInUse, DatabaseInUse):
        if not reading:
            raise
        store = await read_store(setup.config.store.url, setup.home)
    async with store:
        parts = store.rules, Calendars(store.settings), LiquidRenderer(), setup.clock, Bus().publish
        rulebook = Rulebook(*parts, templates=TemplateLookup(store.templates), pictures=store.picture_bytes)
        await rulebook.load(record=False)  # beside a server only that may write
        yield RulesExchange(rulebook, store.rules, setup.clock, setup.accounts)
