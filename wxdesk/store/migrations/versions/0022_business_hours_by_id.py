"""Business hours have ids, by which rules and preferences refer to them.

A name in an old revision means the business hours that have it now; a name that none has stays a name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    connection = op.get_bind()
    settings = {row.key: row.value for row in connection.execute(sa.text("SELECT key, value FROM settings"))}
    calendars, preferences = _read(settings.get("calendars"), list), _read(settings.get("preferences"), dict)
    numbered = [one | {"id": number} for number, one in enumerate(calendars or [], start=1)]
    names = {one["name"]: one["id"] for one in numbered}
    if calendars is not None:
        _set("calendars", {"calendars": numbered, "deleted": {}})
    if preferences and "calendar" in preferences:
        _set("preferences", preferences | {"calendar": names.get(preferences["calendar"], 0)})
    for rule_id, rule in connection.execute(sa.text("SELECT id, rule FROM rules")).all():
        _write("rules SET rule = :rule WHERE id = :id", rule, names, id=rule_id)
    query = "SELECT rule_id, revision, rule FROM rule_revisions"
    for rule_id, number, rule in connection.execute(sa.text(query)).all():
        where = "rule_revisions SET rule = :rule WHERE rule_id = :id AND revision = :number"
        _write(where, rule, names, id=rule_id, number=number)


def _read[T](stored: str | None, kind: type[T]) -> T | None:
    """Return a stored value; none that the program could not read either."""
    try:
        found = json.loads(stored or "null")
    except ValueError:
        return None
    return found if isinstance(found, kind) else None


def _set(key: str, value: object) -> None:
    change = sa.text("UPDATE settings SET value = :value WHERE key = :key")
    op.get_bind().execute(change, {"key": key, "value": _text(value)})


def _write(change: str, rule: str, names: Mapping[str, int], **keys: int) -> None:
    said = json.loads(rule) if '"hours"' in rule else {}
    when = said.get("when") or {}
    asked = [one["hours"] for one in (when, when.get("unless") or {}) if one.get("hours")]
    for hours in asked:
        hours["calendar"] = names.get(hours["calendar"], hours["calendar"])
    if asked:
        op.get_bind().execute(sa.text(f"UPDATE {change}"), {"rule": _text(said), **keys})


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
