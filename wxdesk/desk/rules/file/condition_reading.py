"""Reads `when = { … }` of a rules file as a `Condition`."""

from __future__ import annotations

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
from wxdesk.desk.rules.file.toml_lines import Path
from wxdesk.desk.rules.file.toml_table import RulesFileMistake, TomlTable
from wxdesk.i18n import tr

WORD_LISTS = ("any", "all", "none", "exact", "prefix", "suffix")
SESSION_FROM_TESTS = ("equals", "prefix", "regex")

_CONTAINS = "contains"
"""Synonym of `any`, which other programs use."""

_KEYS = (
    *WORD_LISTS,
    _CONTAINS,
    "regex",
    "session_from",
    "event",
    "hours",
    "operator",
    "tags",
    "first_contact",
    "quiet_days",
    "message_no",
    "last_rule_within",
    "not",
)


def condition_from(value: object, path: Path) -> Condition:
    """Return the condition that a table describes; raises `RulesFileMistake`."""
    table = TomlTable(value, path, _KEYS)
    words = {key: _words(table, key) for key in WORD_LISTS}
    if _CONTAINS in table:
        if words["any"]:
            raise RulesFileMistake((*path, _CONTAINS), tr("“contains” and “any” mean the same; write one of them."))
        words["any"] = _words(table, _CONTAINS)
    return Condition(
        any=words["any"],
        all=words["all"],
        none=words["none"],
        exact=words["exact"],
        prefix=words["prefix"],
        suffix=words["suffix"],
        regex=table.text("regex") if "regex" in table else None,
        session_from=_session_from(table) if "session_from" in table else None,
        event=table.words("event") if "event" in table else (),
        hours=_hours(table) if "hours" in table else None,
        operator=table.choice("operator", Presence) if "operator" in table else None,
        tags=_tags(table) if "tags" in table else None,
        first_contact=table.truth("first_contact", otherwise=True) if "first_contact" in table else None,
        quiet_days=table.number("quiet_days") if "quiet_days" in table else None,
        message_no=_message_no(table) if "message_no" in table else None,
        last_rule_within=_last_rule(table) if "last_rule_within" in table else None,
        unless=condition_from(table.raw("not"), (*path, "not")) if "not" in table else None,
    )


def _words(table: TomlTable, key: str) -> tuple[str, ...]:
    words = table.texts(key)
    if key in table and not words:
        raise RulesFileMistake((*table.path, key), tr("“{key}” lists no words.", key=key))
    return words


def _session_from(table: TomlTable) -> SessionFromTest:
    inner = table.table("session_from", (*SESSION_FROM_TESTS, "fields"))
    equals, prefix, regex = (inner.text(key) if key in inner else None for key in SESSION_FROM_TESTS)
    return SessionFromTest(equals, prefix, regex, _fields(inner) if "fields" in inner else ())


def _fields(table: TomlTable) -> tuple[FieldTest, ...]:
    value = table.raw("fields")
    names = tuple(value) if isinstance(value, dict) else ()
    fields = table.table("fields", names)
    return tuple(FieldTest(name, fields.words(name)) for name in names)


def _hours(table: TomlTable) -> HoursTest:
    inner = table.table("hours", ("inside", "outside"))
    given = list(inner)
    if len(given) != 1:
        raise RulesFileMistake(inner.path, tr("hours takes “inside” or “outside”, with the name of a calendar."))
    return HoursTest(inner.text(given[0]), inside=given[0] == "inside")


def _tags(table: TomlTable) -> TagsTest:
    inner = table.table("tags", ("any", "none"))
    return TagsTest(any=_words(inner, "any"), none=_words(inner, "none"))


def _message_no(table: TomlTable) -> MessageNo:
    inner = table.table("message_no", ("min", "max"))
    if not list(inner):
        raise RulesFileMistake(inner.path, tr("message_no takes “min”, “max” or both."))
    return MessageNo(inner.number("min", otherwise=1), inner.number("max") if "max" in inner else None)


def _last_rule(table: TomlTable) -> LastRule:
    inner = table.table("last_rule_within", ("rule", "minutes"))
    return LastRule(inner.text("rule"), inner.number("minutes"))
