"""Reads and writes rules files; every mistake in one is reported with its line.

The format is TOML: one `[[rules]]` table a rule, in the order in which they are asked, and a
`[[calendars]]` table for each of the business hours that they name; `docs/rules.md` has it whole. It is
stable: others keep such files and write scripts for them. Reading is all or nothing.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from msgspec import Struct

from wxdesk.core.errors import BadRulesFile, Phrase, Text
from wxdesk.core.model.rule import Reference, Rule
from wxdesk.core.rules.business_hours import Calendar
from wxdesk.core.rules.faults import RuleFault
from wxdesk.desk.rules.file.business_hours import calendar_from, calendar_text
from wxdesk.desk.rules.file.rule import rule_from, rule_text
from wxdesk.desk.rules.file.toml_table import RulesFileMistake
from wxdesk.i18n import explanation
from wxdesk.toml import BadToml, Path, TomlLines, parsed_toml

SIZE_LIMIT = 8 * 1024 * 1024
"""Characters of a rules file."""

MOST_TOLD = 20
"""Mistakes of a file that are told at once."""

type FindFaults = Callable[[Rule, Container[Reference]], Iterable[RuleFault]]
"""Validates a rule, given the names of the calendars that exist."""


class RulesFile(Struct, frozen=True):
    """Content of a rules file: rules in order, without ids, and their calendars."""

    rules: tuple[Rule, ...] = ()
    calendars: tuple[Calendar, ...] = ()


def read_rules(text: str, file_name: str, faults_in: FindFaults) -> RulesFile:
    """Read and validate a whole file; `file_name` is for the error only.

    Raises:
        BadRulesFile: with the lines of its first mistakes and what they are.
    """
    text = text.removeprefix("\ufeff")
    document = _parsed(text, file_name)
    mistakes = list[RulesFileMistake]()
    content = _content(document, faults_in, mistakes)
    if not mistakes:
        return content
    lines = TomlLines(text)
    told = [
        (lines.text_line(one.path, one.text_line) if one.text_line else lines.line(one.path), one.reason)
        for one in mistakes[:MOST_TOLD]
    ]
    raise _refusal(file_name, sorted(told, key=itemgetter(0)))


AND_LINE = "{why}\nLine {line}: {reason}"
"""A mistake and the line of the next: one reason, translated where it is read."""


def _refusal(file: str, mistakes: Sequence[tuple[int, Text]]) -> BadRulesFile:
    """Return one error of all mistakes, which `mistakes_in` takes apart."""
    *others, (line, reason) = mistakes
    for before, why in reversed(others):
        line, reason = before, Phrase(AND_LINE, why=why, line=line, reason=reason)
    return BadRulesFile(file=file, line=line, reason=reason)


def mistakes_in(error: BadRulesFile) -> Sequence[tuple[int, Text]]:
    """Return the line of each mistake and what it is."""
    found, values = list[tuple[int, Text]](), dict[str, Any](error.values)
    while isinstance(reason := values["reason"], Phrase) and reason.sentence == AND_LINE:
        line, values = values["line"], dict[str, Any](reason.values)
        found.append((line, values["why"]))
    return [*found, (values["line"], reason)]


def write_rules(rules: Sequence[Rule], calendars: Sequence[Calendar] = ()) -> str:
    """Write a file that `read_rules` reads back, without ids and revisions."""
    return "\n".join((*map(calendar_text, calendars), *map(rule_text, rules)))


def _content(document: dict[str, object], faults_in: FindFaults, mistakes: list[RulesFileMistake]) -> RulesFile:
    """Return what is right, and add mistakes until as many as are told."""
    for key in document:
        if key not in ("rules", "calendars"):
            reason = Phrase("Only [[rules]] and [[calendars]] are possible here, not “{key}”.", key=key)
            mistakes.append(RulesFileMistake((key,), reason))
    calendars = tuple(calendar for calendar, _ in _tables(document, "calendars", calendar_from, mistakes))
    names = _names(document.get("calendars"))
    for index, name in enumerate(names):
        if name and name in names[:index]:
            reason = Phrase("There are two calendars of this name.")
            mistakes.append(RulesFileMistake(("calendars", index, "name"), reason))
    rules = list[Rule]()
    for rule, path in _tables(document, "rules", rule_from, mistakes):
        rules.append(rule)
        for fault in faults_in(rule, names):
            mistakes.append(RulesFileMistake((*path, *fault.where), fault.reason, fault.template_line))
    return RulesFile(tuple(rules), calendars)


def _tables[T](
    document: dict[str, object], key: str, read: Callable[[object, Path], T], mistakes: list[RulesFileMistake]
) -> Iterator[tuple[T, Path]]:
    values = document.get(key, [])
    if not isinstance(values, list):
        mistakes.append(RulesFileMistake((key,), Phrase("This begins with [[{key}]], in double brackets.", key=key)))
        return
    for index, value in enumerate(values):
        if len(mistakes) < MOST_TOLD:
            try:
                yield read(value, (key, index)), (key, index)
            except RulesFileMistake as mistake:
                mistakes.append(mistake)


def _names(calendars: object) -> Sequence[Any]:
    """Return the names of calendars, also of those that cannot be read."""
    tables = calendars if isinstance(calendars, list) else []
    return [table.get("name") if isinstance(table, dict) else None for table in tables]


def _parsed(text: str, file_name: str) -> dict[str, object]:
    if len(text) > SIZE_LIMIT:
        raise BadRulesFile(
            file=file_name, line=1, reason=Phrase("The file is larger than {limit} characters.", limit=SIZE_LIMIT)
        )
    try:
        return parsed_toml(text)
    except BadToml as error:
        reason = Phrase("This is not valid TOML. {complaint}", complaint=explanation(error))
        raise BadRulesFile(file=file_name, line=error.line, reason=reason) from None
