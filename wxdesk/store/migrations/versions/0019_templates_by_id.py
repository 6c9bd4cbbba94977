"""Rules refer to templates by id; a name that no template has stays a name.

A name in an old revision means the template that was called so when it was saved, even if that has been deleted
since, but first one that is still there.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

type Names = tuple[dict[str, int], dict[str, int]]
"""Ids of templates by shortcut and by title."""


def upgrade() -> None:
    connection = op.get_bind()
    there = _names(connection.execute(sa.text("SELECT id, template FROM templates")).all())
    query = "SELECT template_id, template, saved_at FROM template_revisions ORDER BY revision"
    saved = connection.execute(sa.text(query)).all()

    @cache
    def at(moment: int) -> Names:
        """Return the names of then, those of templates that are gone included."""
        last = {template_id: said for template_id, said, since in saved if since <= moment}
        return _names([(one, said) for one, said in last.items() if one in kept], list(last.items()))

    kept = {*there[0].values(), *there[1].values()}
    now: dict[tuple[int, int], str] = {}
    for rule_id, number, rule in connection.execute(sa.text("SELECT id, revision, rule FROM rules")).all():
        now[rule_id, number] = _with_ids(rule, there)
        _write("rules SET rule = :rule WHERE id = :id", rule, now[rule_id, number], id=rule_id)
    revisions = "SELECT rule_id, revision, rule, saved_at FROM rule_revisions"
    for rule_id, number, rule, moment in connection.execute(sa.text(revisions)).all():
        found = now.get((rule_id, number)) or _with_ids(_with_ids(rule, at(moment)), there)
        where = "rule_revisions SET rule = :rule WHERE rule_id = :id AND revision = :number"
        _write(where, rule, found, id=rule_id, number=number)


def _write(change: str, before: str, after: str, **keys: int) -> None:
    if after != before:
        op.get_bind().execute(sa.text(f"UPDATE {change}"), {"rule": after, **keys})


def _names(*groups: Iterable[Any]) -> Names:
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


def _with_ids(rule: str, names: Names) -> str:
    said = json.loads(rule)
    for action in said.get("then", ()):
        if action["kind"] == "template":
            name = action.get("template") or action.pop("text", "")
            if isinstance(name, str):
                action["template"] = names[0].get(_key(name.removeprefix("/"))) or names[1].get(name) or name
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))
