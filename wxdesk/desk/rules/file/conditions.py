"""Reads and writes `when = { … }` of a rules file: an entry for each condition."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wxdesk.core.model.rule import (
    Condition,
    FieldTest,
    HoursTest,
    LastRule,
    MessageNo,
    Presence,
    SessionFromTest,
    TagsTest,
)
from wxdesk.desk.rules.file.toml_table import RulesFileMistake, TomlTable
from wxdesk.desk.rules.file.toml_writing import one_or_more
from wxdesk.i18n import tr
from wxdesk.toml import Path

_SESSION_FROM_TESTS = ("equals", "prefix", "regex")


@dataclass(frozen=True, slots=True)
class _Format:
    """The value of a condition in TOML; `read` takes it out of a table by its key."""

    read: Callable[[TomlTable, str], Any]
    write: Callable[[Any], object] = lambda value: value


def condition_from(value: object, path: Path) -> Condition:
    """Return the condition that a table describes; raises `RulesFileMistake`."""
    table = TomlTable(value, path, (*_WORDS, _CONTAINS, *_OTHERS, "not"))
    values = {name: form.read(table, name) for name, form in _WORDS.items() if name in table}
    if _CONTAINS in table:
        if "any" in table:
            raise RulesFileMistake((*path, _CONTAINS), tr("“contains” and “any” mean the same; write one of them."))
        values["any"] = _words(table, _CONTAINS)
    values |= {name: form.read(table, name) for name, form in _OTHERS.items() if name in table}
    if "not" in table:
        values["unless"] = condition_from(table.raw("not"), (*path, "not"))
    return Condition(**values)


def condition_table(when: Condition) -> dict[str, object]:
    """Return the table for a condition, with the fields that are set."""
    values = ((name, form, getattr(when, name)) for name, form in {**_WORDS, **_OTHERS}.items())
    table = {name: form.write(value) for name, form, value in values if value is not None and value != ()}
    return table if when.unless is None else {**table, "not": condition_table(when.unless)}


def _words(table: TomlTable, name: str) -> tuple[str, ...]:
    words = table.texts(name)
    if not words:
        raise RulesFileMistake((*table.path, name), tr("“{key}” lists no words.", key=name))
    return words


def _session_from(table: TomlTable, name: str) -> SessionFromTest:
    inner = table.table(name, (*_SESSION_FROM_TESTS, "fields"))
    equals, prefix, regex = (inner.text(test) if test in inner else None for test in _SESSION_FROM_TESTS)
    return SessionFromTest(equals, prefix, regex, _fields(inner) if "fields" in inner else ())


def _fields(table: TomlTable) -> tuple[FieldTest, ...]:
    value = table.raw("fields")
    names = tuple(value) if isinstance(value, dict) else ()
    fields = table.table("fields", names)
    return tuple(FieldTest(name, fields.words(name)) for name in names)


def _session_from_table(test: SessionFromTest) -> dict[str, object]:
    fields = {one.name: one_or_more(one.values) for one in test.fields} or None
    return {"equals": test.equals, "prefix": test.prefix, "regex": test.regex, "fields": fields}


def _hours(table: TomlTable, name: str) -> HoursTest:
    inner = table.table(name, ("inside", "outside"))
    given = list(inner)
    if len(given) != 1:
        raise RulesFileMistake(inner.path, tr("hours takes “inside” or “outside”, with the name of a calendar."))
    return HoursTest(inner.text(given[0]), inside=given[0] == "inside")


def _tags(table: TomlTable, name: str) -> TagsTest:
    inner = table.table(name, ("any", "none"))
    return TagsTest(**{one: _words(inner, one) for one in inner})


def _message_no(table: TomlTable, name: str) -> MessageNo:
    inner = table.table(name, ("min", "max"))
    if not list(inner):
        raise RulesFileMistake(inner.path, tr("message_no takes “min”, “max” or both."))
    return MessageNo(inner.number("min", otherwise=1), inner.number("max") if "max" in inner else None)


def _last_rule(table: TomlTable, name: str) -> LastRule:
    inner = table.table(name, ("rule", "minutes"))
    return LastRule(inner.text("rule"), inner.number("minutes"))


_CONTAINS = "contains"
"""Synonym of `any`, which other programs use."""

_WORDS = dict.fromkeys(("any", "all", "none", "exact", "prefix", "suffix"), _Format(_words))

_OTHERS: Mapping[str, _Format] = {
    "regex": _Format(TomlTable.text),
    "session_from": _Format(_session_from, _session_from_table),
    "event": _Format(TomlTable.words),
    "hours": _Format(_hours, lambda test: {"inside" if test.inside else "outside": str(test.calendar)}),
    "operator": _Format(lambda table, name: table.choice(name, Presence)),
    "tags": _Format(_tags, lambda test: {"any": test.any or None, "none": test.none or None}),
    "first_contact": _Format(lambda table, name: table.truth(name, otherwise=True)),
    "quiet_days": _Format(TomlTable.number),
    "message_no": _Format(_message_no, lambda bounds: {"min": bounds.min, "max": bounds.max}),
    "last_rule_within": _Format(_last_rule, lambda last: {"rule": str(last.rule), "minutes": last.minutes}),
}
