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


def list_at(connection: Connection, at: datetime) -> tuple[tuple[int, int], ...]:
    """Return the rules asked at `at`, by id and revision; none if that is unknown."""
    query = select(rule_lists.c.rules).where(rule_lists.c.since <= at).order_by(*_NEWEST).limit(1)
    row = connection.execute(query).one_or_none()
    return () if row is None else tuple(row.rules)


class RuleListLengths:
    """Cache of the lengths of past rule lists, which never change once stored."""

    def __init__(self) -> None:
        self._known: dict[int, int] = {}

    def at(self, connection: Connection, at: datetime) -> int | None:
        """Return the number of rules that could be asked at `at`; None if unknown."""
        query = select(rule_lists.c.id).where(rule_lists.c.since <= at).order_by(*_NEWEST).limit(1)
        list_id = connection.scalar(query)
        if list_id is not None and list_id not in self._known:
            rules = connection.scalars(select(rule_lists.c.rules).where(rule_lists.c.id == list_id)).one()
            self._known[list_id] = len(rules)
        return None if list_id is None else self._known[list_id]


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
