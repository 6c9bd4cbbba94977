"""The operator's rules: one ordered list, and every revision that was ever saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from wxdesk.core.errors import NotFound
from wxdesk.core.rules import Rule
from wxdesk.store.database import Database
from wxdesk.store.schema import rule_revisions, rules
from wxdesk.store.whole import every_call_whole


@every_call_whole
class SqlRules:
    """Fills `desk.ports.Rules`. Positions count from 1."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def all(self) -> list[Rule]:
        """All rules by position, switched-off ones included."""
        async with self._db.read() as connection:
            return await _list(connection)

    async def save(self, rule: Rule, at: datetime) -> Rule:
        """Insert (`id` 0, at the end but before a trailing default rule) or update, as the next revision.

        An updated rule keeps its position. Raises `NotFound` if it was deleted meanwhile.
        """
        async with self._db.write() as connection:
            listed = await _list(connection, for_update=True)
            if rule.id == 0:
                saved = await _insert(connection, rule, at)
                before_default = bool(listed) and listed[-1].default and not rule.default
                listed.insert(len(listed) - before_default, saved)
            else:
                known = next((one for one in listed if one.id == rule.id), None)
                if known is None:
                    raise NotFound("rule")
                saved = await _update(connection, known, rule, at)
                listed = [saved if one.id == saved.id else one for one in listed]
            placed = await _place(connection, listed)
        return next(one for one in placed if one.id == saved.id)

    async def set_enabled(self, rule_id: int, enabled: bool) -> None:
        """Switch a rule on or off; no new revision. Raises `NotFound`."""
        change = update(rules).where(rules.c.id == rule_id).values(enabled=enabled)
        async with self._db.write() as connection:
            if (await connection.execute(change)).rowcount == 0:
                raise NotFound("rule")

    async def reorder(self, ids: Sequence[int]) -> None:
        """Put the rules in this order; ids left out keep their order at the end, unknown ones are passed over."""
        place = {rule_id: index for index, rule_id in reversed(list(enumerate(ids)))}
        async with self._db.write() as connection:
            listed = await _list(connection, for_update=True)
            await _place(connection, sorted(listed, key=lambda rule: place.get(rule.id, len(place))))

    async def delete(self, rule_id: int) -> None:
        """Remove a rule from the list; its revisions stay. Raises `NotFound`."""
        async with self._db.write() as connection:
            if (await connection.execute(delete(rules).where(rules.c.id == rule_id))).rowcount == 0:
                raise NotFound("rule")
            await _place(connection, await _list(connection, for_update=True))

    async def replace_all(self, rules: Sequence[Rule], at: datetime) -> list[Rule]:
        """Replace the list in one transaction.

        A rule of the same name and content keeps id and revision; one of the same name keeps its id and gets the
        next revision; the rest are new, and what is not named any more is removed from the list.
        """
        async with self._db.write() as connection:
            known = await _list(connection, for_update=True)
            pairs = _paired(rules, known)
            stay = {match.id for _, match in pairs if match is not None}
            await _remove(connection, [rule.id for rule in known if rule.id not in stay])
            listed = []
            for rule, match in pairs:
                if match is None:
                    listed.append(await _insert(connection, rule, at))
                elif _content(match) == _content(rule):
                    await connection.execute(_enable(match.id, rule.enabled))
                    listed.append(replace(match, enabled=rule.enabled))
                else:
                    listed.append(await _update(connection, match, rule, at))
            return await _place(connection, listed)


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


async def _list(connection: AsyncConnection, *, for_update: bool = False) -> list[Rule]:
    query = select(rules).order_by(rules.c.position, rules.c.id)
    found = await connection.execute(query.with_for_update() if for_update else query)
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


async def _insert(connection: AsyncConnection, rule: Rule, at: datetime) -> Rule:
    values = {"position": 0, "revision": 1, "enabled": rule.enabled, "rule": _content(rule), "updated_at": at}
    rule_id = await connection.scalar(rules.insert().values(values).returning(rules.c.id))
    return await _with_revision(connection, replace(rule, id=rule_id or 0, position=0, revision=1, updated_at=at))


async def _update(connection: AsyncConnection, known: Rule, rule: Rule, at: datetime) -> Rule:
    last = select(func.max(rule_revisions.c.revision)).where(rule_revisions.c.rule_id == known.id)
    revision = (await connection.scalar(last) or known.revision) + 1
    values = {"revision": revision, "enabled": rule.enabled, "rule": _content(rule), "updated_at": at}
    await connection.execute(update(rules).where(rules.c.id == known.id).values(values))
    saved = replace(rule, id=known.id, position=known.position, revision=revision, updated_at=at)
    return await _with_revision(connection, saved)


async def _with_revision(connection: AsyncConnection, rule: Rule) -> Rule:
    values = {"rule_id": rule.id, "revision": rule.revision, "rule": _content(rule), "saved_at": rule.updated_at}
    await connection.execute(rule_revisions.insert().values(values))
    return rule


async def _place(connection: AsyncConnection, listed: Sequence[Rule]) -> list[Rule]:
    """Number the rules as they stand; only what moved is written."""
    placed = []
    for position, rule in enumerate(listed, start=1):
        if rule.position != position:
            await connection.execute(update(rules).where(rules.c.id == rule.id).values(position=position))
        placed.append(replace(rule, position=position))
    return placed


async def _remove(connection: AsyncConnection, ids: Sequence[int]) -> None:
    if ids:
        await connection.execute(delete(rules).where(rules.c.id.in_(ids)))


def _enable(rule_id: int, enabled: bool) -> Any:  # noqa: ANN401
    return update(rules).where(rules.c.id == rule_id).values(enabled=enabled)
