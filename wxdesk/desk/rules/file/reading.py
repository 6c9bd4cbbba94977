"""Reads and writes rules files; every mistake in one is reported with its line.

The format is TOML: one `[[rules]]` table a rule, in the order in which they are asked, and a
`[[calendars]]` table for each of the business hours that they name; `docs/rules.md` has it whole. It is
stable: others keep such files and write scripts for them. Reading is all or nothing.
"""

from collections.abc import Callable, Container, Iterator, Sequence

from msgspec import Struct

from wxdesk.core.errors import BadRulesFile, Phrase
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

type FindFault = Callable[[Rule, Container[Reference]], RuleFault | None]
"""Validates a rule, given the names of the calendars that exist."""


class RulesFile(Struct, frozen=True):
    """Content of a rules file: rules in order, without ids, and their calendars."""

    rules: tuple[Rule, ...] = ()
    calendars: tuple[Calendar, ...] = ()


def read_rules(text: str, file_name: str, fault_in: FindFault) -> RulesFile:
    """Read and validate a whole file; `file_name` is for the error only.

    Raises:
        BadRulesFile: with the line of the first mistake and what it is.
    """
    text = text.removeprefix("\ufeff")
    document = _parsed(text, file_name)
    try:
        return _judged(_content(document), fault_in)
    except RulesFileMistake as wrong:
        lines = TomlLines(text)
        line = lines.text_line(wrong.path, wrong.text_line) if wrong.text_line else lines.line(wrong.path)
        raise BadRulesFile(file=file_name, line=line, reason=wrong.reason) from None


def write_rules(rules: Sequence[Rule], calendars: Sequence[Calendar] = ()) -> str:
    """Write a file that `read_rules` reads back, without ids and revisions."""
    return "\n".join((*map(calendar_text, calendars), *map(rule_text, rules)))


def _content(document: dict[str, object]) -> RulesFile:
    for key in document:
        if key not in ("rules", "calendars"):
            raise RulesFileMistake(
                (key,), Phrase("Only [[rules]] and [[calendars]] are possible here, not “{key}”.", key=key)
            )
    calendars = tuple(calendar_from(value, path) for value, path in _tables(document, "calendars"))
    names = [calendar.name for calendar in calendars]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise RulesFileMistake(("calendars", index, "name"), Phrase("There are two calendars of this name."))
    return RulesFile(tuple(rule_from(value, path) for value, path in _tables(document, "rules")), calendars)


def _tables(document: dict[str, object], key: str) -> Iterator[tuple[object, Path]]:
    values = document.get(key, [])
    if not isinstance(values, list):
        raise RulesFileMistake((key,), Phrase("This begins with [[{key}]], in double brackets.", key=key))
    for index, value in enumerate(values):
        yield value, (key, index)


def _judged(content: RulesFile, fault_in: FindFault) -> RulesFile:
    calendars = [calendar.name for calendar in content.calendars]
    for index, rule in enumerate(content.rules):
        fault = fault_in(rule, calendars)
        if fault is not None:
            raise RulesFileMistake(("rules", index, *fault.where), fault.reason, fault.template_line)
    return content


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
