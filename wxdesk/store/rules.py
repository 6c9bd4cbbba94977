"""The operator's rules: one ordered list, and every revision that was ever saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Delete, Row, Update, delete, func, select, update

from wxdesk.core.errors import NotFound
from wxdesk.core.rules import Rule
from wxdesk.store import rule_lists
from wxdesk.store.database import Database
from wxdesk.store.schema import rule_revisions, rules


class SqlRules:
    """Fills `desk.ports.Rules`. Positions count from 1."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def all(self) -> list[Rule]:
        """All rules by position, switched-off ones included."""
        return await self._db.read(_list)

    async def save(self, rule: Rule, at: datetime) -> Rule:
        """Insert (`id` 0, at the end but before a trailing default rule) or update, as the next revision.

        An updated rule keeps its position. Raises `NotFound` if it was deleted meanwhile.
        """
        return await self._db.write(_save, rule, at)

    async def set_enabled(self, rule_id: int, enabled: bool) -> None:
        """Switch a rule on or off; no new revision. Raises `NotFound`."""
        await self._db.write(_change, _enable(rule_id, enabled))

    async def reorder(self, ids: Sequence[int]) -> None:
        """Put the rules in this order; ids left out keep their order at the end, unknown ones are passed over."""
        await self._db.write(_reorder, ids)

    async def delete(self, rule_id: int) -> None:
        """Remove a rule from the list; its revisions stay. Raises `NotFound`."""
        await self._db.write(_delete, rule_id)

    async def keep_list(self, revisions: Sequence[tuple[int, int]], at: datetime) -> None:
        """Note that these are asked in this order from `at` on, if they are others than before."""
        await self._db.write(rule_lists.keep_list, revisions, at)

    async def replace_all(self, rules: Sequence[Rule], at: datetime) -> list[Rule]:
        """Replace the list in one transaction.

        A rule of the same name and content keeps id and revision; one of the same name keeps its id and gets the
        next revision; the rest are new, and what is not named any more is removed from the list.
        """
        return await self._db.write(_replace_all, rules, at)


def _save(connection: Connection, rule: Rule, at: datetime) -> Rule:
    listed = _list(connection, for_update=True)
    if rule.id == 0:
        saved = _insert(connection, rule, at)
        before_default = bool(listed) and listed[-1].default and not rule.default
        listed.insert(len(listed) - before_default, saved)
    else:
        known = next((one for one in listed if one.id == rule.id), None)
        if known is None:
            raise NotFound("rule")
        saved = _update(connection, known, rule, at)
        listed = [saved if one.id == saved.id else one for one in listed]
    placed = _place(connection, listed)
    return next(one for one in placed if one.id == saved.id)


def _change(connection: Connection, change: Update | Delete) -> None:
    if connection.execute(change).rowcount == 0:
        raise NotFound("rule")


def _reorder(connection: Connection, ids: Sequence[int]) -> None:
    place = {rule_id: index for index, rule_id in reversed(list(enumerate(ids)))}
    listed = _list(connection, for_update=True)
    _place(connection, sorted(listed, key=lambda rule: place.get(rule.id, len(place))))


def _delete(connection: Connection, rule_id: int) -> None:
    _change(connection, delete(rules).where(rules.c.id == rule_id))
    _place(connection, _list(connection, for_update=True))


def _replace_all(connection: Connection, wanted: Sequence[Rule], at: datetime) -> list[Rule]:
    known = _list(connection, for_update=True)
    pairs = _paired(wanted, known)
    stay = {match.id for _, match in pairs if match is not None}
    _remove(connection, [rule.id for rule in known if rule.id not in stay])
    listed = []
    for rule, match in pairs:
        if match is None:
            listed.append(_insert(connection, rule, at))
        elif _content(match) == _content(rule):
            connection.execute(_enable(match.id, rule.enabled))
            listed.append(replace(match, enabled=rule.enabled))
        else:
            listed.append(_update(connection, match, rule, at))
    return _place(connection, listed)


def _content(rule: Rule) -> Rule:
    """What a revision is a revision of: the rule without its place, its switch and what the store gave it."""
    return replace(rule, id=0, position=0, revision=0, enabled=True, updated_at=None)


def _paired(wanted: Sequence[Rule], known: Sequence[Rule]) -> list[tuple[Rule, Rule | None]]:
    """Each wanted rule with the known one it continues: the same content first, then the same name."""
    left = list(known)
    matches: dict[int, Rule] = {}
    for is_same in (lambda a, b: _content(a) == _content(b), lambda a, b: a.name == b.name):
        for index, rule in enumerate(wanted):
            match = None if index in matches else next((one for one in left if is_same(one, rule)), None)
            if match is not None:
                matches[index] = match
                left.remove(match)
    return [(rule, matches.get(index)) for index, rule in enumerate(wanted)]


def _list(connection: Connection, *, for_update: bool = False) -> list[Rule]:
    query = select(rules).order_by(rules.c.position, rules.c.id)
    found = connection.execute(query.with_for_update() if for_update else query)
    return [_rule(row) for row in found]


def _rule(row: Row[Any]) -> Rule:
    kept: Rule = row.rule
    return replace(
        kept,
        id=row.id,
        position=row.position,
        revision=row.revision,
        enabled=row.enabled,
        updated_at=row.updated_at,
    )


def _insert(connection: Connection, rule: Rule, at: datetime) -> Rule:
    values = {"position": 0, "revision": 1, "enabled": rule.enabled, "rule": _content(rule), "updated_at": at}
    rule_id = connection.scalar(rules.insert().values(values).returning(rules.c.id))
    return _with_revision(connection, replace(rule, id=rule_id or 0, position=0, revision=1, updated_at=at))


def _update(connection: Connection, known: Rule, rule: Rule, at: datetime) -> Rule:
    last = select(func.max(rule_revisions.c.revision)).where(rule_revisions.c.rule_id == known.id)
    revision = (connection.scalar(last) or known.revision) + 1
    values = {"revision": revision, "enabled": rule.enabled, "rule": _content(rule), "updated_at": at}
    connection.execute(update(rules).where(rules.c.id == known.id).values(values))
    saved = replace(rule, id=known.id, position=known.position, revision=revision, updated_at=at)
    return _with_revision(connection, saved)


def _with_revision(connection: Connection, rule: Rule) -> Rule:
    values = {"rule_id": rule.id, "revision": rule.revision, "rule": _content(rule), "saved_at": rule.updated_at}
    connection.execute(rule_revisions.insert().values(values))
    return rule


def _place(connection: Connection, listed: Sequence[Rule]) -> list[Rule]:
    """Number the rules as they stand; only what moved is written."""
    placed = []
    for position, rule in enumerate(listed, start=1):
        if rule.position != position:
            connection.execute(update(rules).where(rules.c.id == rule.id).values(position=position))
        placed.append(replace(rule, position=position))
    return placed


def _remove(connection: Connection, ids: Sequence[int]) -> None:
    if ids:
        connection.execute(delete(rules).where(rules.c.id.in_(ids)))


def _enable(rule_id: int, enabled: bool) -> Update:
    return update(rules).where(rules.c.id == rule_id).values(enabled=enabled)
