"""Past lists of rules: they explain an old decision rule by rule."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from wxdesk.core.model.rule import Rule
from wxdesk.store.schema.authored import rule_lists, rule_revisions

_NEWEST = (rule_lists.c.since.desc(), rule_lists.c.id.desc())


def record_order(connection: Connection, wanted: Sequence[tuple[int, int]], at: datetime) -> None:
    """Store the list of rules from `at` on, if it differs from the last one."""
    rules = tuple(wanted)
    last = connection.execute(select(rule_lists.c.rules).order_by(*_NEWEST).limit(1)).one_or_none()
    if last is None or last.rules != rules:
        connection.execute(rule_lists.insert().values(since=at, rules=rules))


def list_at(connection: Connection, at: datetime) -> tuple[tuple[int, int], ...] | None:
    """Return the rules asked at `at`, by id and revision; None if that is unknown."""
    return connection.scalar(select(rule_lists.c.rules).where(rule_lists.c.since <= at).order_by(*_NEWEST).limit(1))


def revisions(connection: Connection, ids: Collection[int]) -> dict[tuple[int, int], Rule]:
    """Return all revisions of these rules, by id and revision."""
    query = select(rule_revisions).where(rule_revisions.c.rule_id.in_(ids))
    return {
        (row.rule_id, row.revision): replace(row.rule, id=row.rule_id, revision=row.revision)
        for row in connection.execute(query)
    }


def last_names(connection: Connection, which: ColumnElement[bool]) -> dict[int, str]:
    """Return the names in the newest revisions of these rules, also of deleted ones."""
    newest = select(rule_revisions.c.rule_id, func.max(rule_revisions.c.revision)).where(which)
    key = tuple_(rule_revisions.c.rule_id, rule_revisions.c.revision)
    query = select(rule_revisions).where(key.in_(newest.group_by(rule_revisions.c.rule_id)))
    return {row.rule_id: row.rule.name for row in connection.execute(query)}
