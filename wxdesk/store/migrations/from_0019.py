"""Revisions that refer by id to what was called by its name.

A name in an old revision means what was called so when it was saved, even if that has been deleted since, but first
what is still there.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from wxdesk.store.migrations.shapes import add, text

if TYPE_CHECKING:
    from alembic.operations import Operations

type KnownTemplates = tuple[dict[str, int], dict[str, int]]
"""Ids of templates by shortcut and by title."""


def to_0019(op: Operations) -> None:
    """Let rules refer to templates by id; a name that no template has stays a name."""
    connection = op.get_bind()
    there = _template_names(connection.execute(sa.text("SELECT id, template FROM templates")).all())
    query = "SELECT template_id, template, saved_at FROM template_revisions ORDER BY revision"
    saved = connection.execute(sa.text(query)).all()

    @cache
    def at(moment: int) -> KnownTemplates:
        """Return the names of then, those of templates that are gone included."""
        last = {template_id: said for template_id, said, since in saved if since <= moment}
        return _template_names([(one, said) for one, said in last.items() if one in kept], list(last.items()))

    kept = {*there[0].values(), *there[1].values()}
    now: dict[tuple[int, int], str] = {}
    for rule_id, number, rule in _rules(connection):
        now[rule_id, number] = _with_templates(rule, there)
        _write_rule(connection, rule_id, rule, now[rule_id, number])
    for rule_id, number, rule, moment in _revisions(connection):
        found = now.get((rule_id, number)) or _with_templates(_with_templates(rule, at(moment)), there)
        _write_revision(connection, rule_id, number, rule, found)


def _template_names(*groups: Iterable[Any]) -> KnownTemplates:
    """Return the names of (id, JSON) pairs; of one name in several, the first counts."""
    shortcuts: dict[str, int] = {}
    titles: dict[str, int] = {}
    for group in groups:
        read = [(template_id, json.loads(said)) for template_id, said in group]
        for template_id, said in sorted(read, key=lambda one: (one[1]["title"], one[0])):
            titles.setdefault(said["title"], template_id)
            if said.get("shortcut"):
                shortcuts.setdefault(_key(said["shortcut"]), template_id)
    return shortcuts, titles


def _key(shortcut: str) -> str:
    return unicodedata.normalize("NFKC", shortcut).casefold().strip()


def _with_templates(rule: str, names: KnownTemplates) -> str:
    said = json.loads(rule)
    for action in said.get("then", ()):
        if action["kind"] == "template":
            name = action.get("template") or action.pop("text", "")
            if isinstance(name, str):
                action["template"] = names[0].get(_key(name.removeprefix("/"))) or names[1].get(name) or name
    return _json(said)


def to_0020(op: Operations) -> None:
    """Let rules refer to rules by id; a name that none or several have stays a name."""
    connection = op.get_bind()
    rules, saved = _rules(connection), _revisions(connection)
    kept = {rule_id for rule_id, _, _ in rules}
    there = _rule_names((rule_id, json.loads(rule)["name"]) for rule_id, _, rule in rules)
    said = [(rule_id, json.loads(rule)["name"], moment) for rule_id, _, rule, moment in saved]

    @cache
    def at(moment: int) -> Mapping[str, int]:
        last = {rule_id: name for rule_id, name, since in said if since <= moment}
        then = _rule_names(last.items())
        return then | _rule_names((rule_id, name) for rule_id, name in last.items() if rule_id in kept)

    now = {(rule_id, number): _with_rules(rule, there) for rule_id, number, rule in rules}
    for rule_id, number, rule in rules:
        _write_rule(connection, rule_id, rule, now[rule_id, number])
    for rule_id, number, rule, moment in saved:
        found = now.get((rule_id, number))
        if found is None:
            found = _with_rules(_with_rules(rule, at(moment)), there) if '"last_rule_within"' in rule else rule
        _write_revision(connection, rule_id, number, rule, found)


def _rule_names(pairs: Iterable[tuple[int, str]]) -> dict[str, int]:
    """Return the names that one rule alone has, with its id."""
    ids: dict[str, set[int]] = {}
    for rule_id, name in pairs:
        ids.setdefault(name, set()).add(rule_id)
    return {name: next(iter(found)) for name, found in ids.items() if len(found) == 1}


def _with_rules(rule: str, names: Mapping[str, int]) -> str:
    said = json.loads(rule)
    asked = _conditions(said, "last_rule_within")
    for last in asked:
        last["rule"] = names.get(last["rule"], last["rule"])
    return _json(said) if asked else rule


def to_0021(op: Operations) -> None:
    """Add the takeover that a reply's writing began or put off."""
    add(op, "replies", text("takeover", nullable=True))


def to_0022(op: Operations) -> None:
    """Give business hours ids; in old revisions too, a name means those of now."""
    connection = op.get_bind()
    settings = {row.key: row.value for row in connection.execute(sa.text("SELECT key, value FROM settings"))}
    calendars, preferences = _read(settings.get("calendars"), list), _read(settings.get("preferences"), dict)
    numbered = [one | {"id": number} for number, one in enumerate(calendars or [], start=1)]
    names = {one["name"]: one["id"] for one in numbered}
    if calendars is not None:
        _set(connection, "calendars", {"calendars": numbered, "deleted": {}})
    if preferences and "calendar" in preferences:
        _set(connection, "preferences", preferences | {"calendar": names.get(preferences["calendar"], 0)})
    for rule_id, _, rule in _rules(connection):
        _write_rule(connection, rule_id, rule, _with_hours(rule, names))
    for rule_id, number, rule, _ in _revisions(connection):
        _write_revision(connection, rule_id, number, rule, _with_hours(rule, names))


def _read[T](stored: str | None, kind: type[T]) -> T | None:
    """Return a stored value; none that the program could not read either."""
    try:
        found = json.loads(stored or "null")
    except ValueError:
        return None
    return found if isinstance(found, kind) else None


def _set(connection: sa.Connection, key: str, value: object) -> None:
    change = sa.text("UPDATE settings SET value = :value WHERE key = :key")
    connection.execute(change, {"key": key, "value": _json(value)})


def _with_hours(rule: str, names: Mapping[str, int]) -> str:
    said = json.loads(rule) if '"hours"' in rule else {}
    asked = _conditions(said, "hours")
    for hours in asked:
        hours["calendar"] = names.get(hours["calendar"], hours["calendar"])
    return _json(said) if asked else rule


def _conditions(said: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the conditions of this name that a rule has, also those that exclude."""
    when = said.get("when") or {}
    return [one[name] for one in (when, when.get("unless") or {}) if one.get(name)]


def _rules(connection: sa.Connection) -> list[tuple[int, int, str]]:
    return [(*row,) for row in connection.execute(sa.text("SELECT id, revision, rule FROM rules"))]


def _revisions(connection: sa.Connection) -> list[tuple[int, int, str, int]]:
    query = "SELECT rule_id, revision, rule, saved_at FROM rule_revisions ORDER BY revision"
    return [(*row,) for row in connection.execute(sa.text(query))]


def _write_rule(connection: sa.Connection, rule_id: int, before: str, after: str) -> None:
    if after != before:
        change = sa.text("UPDATE rules SET rule = :rule WHERE id = :id")
        connection.execute(change, {"rule": after, "id": rule_id})


def _write_revision(connection: sa.Connection, rule_id: int, number: int, before: str, after: str) -> None:
    if after != before:
        change = sa.text("UPDATE rule_revisions SET rule = :rule WHERE rule_id = :id AND revision = :number")
        connection.execute(change, {"rule": after, "id": rule_id, "number": number})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
