"""Rules refer to other rules by id; a name that no rule has, or several have, stays a name.

A name in an old revision means the rule that was called so when it was saved, even if that has been deleted
since, but first one that is still there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    connection = op.get_bind()
    rules = connection.execute(sa.text("SELECT id, revision, rule FROM rules")).all()
    query = "SELECT rule_id, revision, rule, saved_at FROM rule_revisions ORDER BY revision"
    saved = connection.execute(sa.text(query)).all()
    kept = {rule_id for rule_id, _, _ in rules}
    there = _names((rule_id, json.loads(rule)["name"]) for rule_id, _, rule in rules)
    said = [(rule_id, json.loads(rule)["name"], moment) for rule_id, _, rule, moment in saved]

    @cache
    def at(moment: int) -> Mapping[str, int]:
        last = {rule_id: name for rule_id, name, since in said if since <= moment}
        then = _names(last.items())
        return then | _names((rule_id, name) for rule_id, name in last.items() if rule_id in kept)

    now = {(rule_id, number): _with_ids(rule, there) for rule_id, number, rule in rules}
    for rule_id, number, rule in rules:
        _write("rules SET rule = :rule WHERE id = :id", rule, now[rule_id, number], id=rule_id)
    for rule_id, number, rule, moment in saved:
        found = now.get((rule_id, number))
        if found is None:
            found = _with_ids(_with_ids(rule, at(moment)), there) if '"last_rule_within"' in rule else rule
        where = "rule_revisions SET rule = :rule WHERE rule_id = :id AND revision = :number"
        _write(where, rule, found, id=rule_id, number=number)


def _write(change: str, before: str, after: str, **keys: int) -> None:
    if after != before:
        op.get_bind().execute(sa.text(f"UPDATE {change}"), {"rule": after, **keys})


def _names(pairs: Iterable[tuple[int, str]]) -> dict[str, int]:
    """Return the names that one rule alone has, with its id."""
    ids: dict[str, set[int]] = {}
    for rule_id, name in pairs:
        ids.setdefault(name, set()).add(rule_id)
    return {name: next(iter(found)) for name, found in ids.items() if len(found) == 1}


def _with_ids(rule: str, names: Mapping[str, int]) -> str:
    said = json.loads(rule)
    when = said.get("when") or {}
    asked = [one["last_rule_within"] for one in (when, when.get("unless") or {}) if one.get("last_rule_within")]
    for last in asked:
        last["rule"] = names.get(last["rule"], last["rule"])
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) if asked else rule
