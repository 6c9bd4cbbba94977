"""Rules as a text file: written to be read by people, read so that every mistake has its line.

The format is TOML, one `[[rules]]` table a rule, in the order in which they are asked; CONTRIBUTING shows it
whole. It is stable: others keep such files and write scripts for them. Reading is all or nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence

from wxdesk.core.errors import BadRulesFile
from wxdesk.core.faults import Fault, find_fault
from wxdesk.core.rules import Rule
from wxdesk.desk.liquid import LiquidRenderer
from wxdesk.desk.patterns import compile_pattern
from wxdesk.desk.rules_reading import Misread, rule_from
from wxdesk.desk.rules_writing import rule_text
from wxdesk.desk.toml_lines import TomlLines
from wxdesk.i18n import tr

SIZE_LIMIT = 8 * 1024 * 1024
"""Characters of a rules file."""

type FindFault = Callable[[Rule], Fault | None]

_POSITION = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


def read_rules(text: str, file_name: str, fault_in: FindFault | None = None) -> list[Rule]:
    """The rules that `text` holds, in order, none with an id yet. `file_name` is for the error only.

    `fault_in` judges each rule; as it comes, it compiles patterns and checks templates.

    Raises:
        BadRulesFile: with the line of the first mistake and what it is.
    """
    text = text.removeprefix("\ufeff")
    fault_in = fault_in or _fault_finder()
    document = _parsed(text, file_name)
    rules: list[Rule] = []
    try:
        for index, table in enumerate(_tables(document)):
            rule = rule_from(table, ("rules", index))
            fault = fault_in(rule)
            if fault is not None:
                raise Misread(("rules", index, *fault.where), fault.reason, fault.template_line)
            rules.append(rule)
    except Misread as wrong:
        lines = TomlLines(text)
        line = lines.text_line(wrong.path, wrong.text_line) if wrong.text_line else lines.line(wrong.path)
        raise BadRulesFile(file_name, line, wrong.reason) from None
    return rules


def write_rules(rules: Sequence[Rule]) -> str:
    """`rules` as a file that `read_rules` reads back to the same rules, but for what the store gave them."""
    return "\n".join(rule_text(rule) for rule in rules)


def _parsed(text: str, file_name: str) -> dict[str, object]:
    if len(text) > SIZE_LIMIT:
        raise BadRulesFile(file_name, 1, tr("The file is larger than {limit} characters.", limit=SIZE_LIMIT))
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        complaint = str(error)
        position = _POSITION.search(complaint)
        line = int(position[1]) if position and position[1] else max(1, len(text.splitlines()))
        reason = _POSITION.sub("", complaint)
        raise BadRulesFile(file_name, line, tr("This is not valid TOML: {complaint}", complaint=reason)) from None
    except RecursionError:
        raise BadRulesFile(file_name, 1, tr("The file is nested too deeply.")) from None


def _tables(document: dict[str, object]) -> list[object]:
    for key in document:
        if key != "rules":
            raise Misread((key,), tr("Only [[rules]] can stand here, not “{key}”.", key=key))
    tables = document.get("rules", [])
    if not isinstance(tables, list):
        raise Misread(("rules",), tr("Rules begin with [[rules]], in double brackets."))
    return tables


def _fault_finder() -> FindFault:
    renderer = LiquidRenderer()
    return lambda rule: find_fault(rule, compile_pattern, renderer.check)
