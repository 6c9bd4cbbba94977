"""The operator's rules: one ordered list, and every revision ever saved."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, Delete, Update, bindparam, delete, func, select, update

from wxdesk.core.errors import CalendarInUse, RulesOutdated, required
from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.business_hours import Calendar, CalendarList
from wxdesk.core.rules.pairing import DeletedRule, paired_rules
from wxdesk.core.rules.rule_names import RuleNames
from wxdesk.store import settings
from wxdesk.store.engine.database import StorePart, read_by, write_by, writing
from wxdesk.store.rules import rule_lists
from wxdesk.store.schema.authored import rule_revisions, rules

log = logging.getLogger(__name__)

KEY = "calendars"


def calendars_in(stored: str | None) -> CalendarList:
    """Read the setting; none if a newer program wrote it."""
    try:
        return msgspec.json.decode(stored or "{}", type=CalendarList)
    except msgspec.MsgspecError as error:
        log.warning("The stored calendars cannot be read: %s", error)
        return CalendarList()


def stored_calendars(connection: Connection, *, for_update: bool = False) -> CalendarList:
    """Return the stored calendars, locked by `for_update` until the transaction ends."""
    return calendars_in(settings.get(connection, KEY, for_update=for_update))


def put_calendars(connection: Connection, wanted: CalendarList) -> None:
    """Store these."""
    settings.put(connection, KEY, msgspec.json.encode(wanted).decode())


type MergeCalendars = Callable[[Sequence[Calendar]], Iterable[Calendar]]
"""Returns the calendars to store instead of the stored ones; new ones have no id."""


def _revisions(connection: Connection, rule_id: int) -> list[Rule]:
    """Return a rule's revisions, newest first, even if deleted; `updated_at` is when."""
    query = select(rule_revisions).where(rule_revisions.c.rule_id == rule_id)
    rows = connection.execute(query.order_by(rule_revisions.c.revision.desc()))
    return [replace(row.rule, id=rule_id, revision=row.revision, updated_at=row.saved_at, by=row.by) for row in rows]


class Rules(StorePart):
    """The ordered list of rules; every saved revision is kept. Positions count from 1."""

    async def all(self) -> list[Rule]:
        """Return all rules by position, switched-off ones included."""
        return await self._db.read(all_rules)

    @writing
    def save(self, connection: Connection, rule: Rule, at: datetime) -> Rule:
        """Insert a rule (`id` 0) or update it, as the next revision.

        A new one goes where `Rule.place_in` says; another keeps its position. Rules that have only its name
        (`last_rule_within`) refer to it from then on. Raises `NotFound`.
        """
        listed = all_rules(connection, for_update=True)
        if rule.id == 0:
            [saved] = _insert(connection, [rule], at)
            listed.insert(rule.place_in(listed), saved)
        else:
            known = required(next((one for one in listed if one.id == rule.id), None), "rule")
            [saved] = revise(connection, [(known, rule)], at)
            listed = [saved if one is known else one for one in listed]
        placed = _place(connection, listed)
        return next(one for one in placed if one.id == saved.id)

    async def set_enabled(self, rule_id: int, enabled: bool) -> None:
        """Switch a rule on or off, without a new revision; raises `NotFound`."""
        await self._db.write(_change, _enable(rule_id, enabled))

    @writing
    def reorder(self, connection: Connection, ids: Sequence[int]) -> None:
        """Put the rules in this order; ids left out keep their order at the end."""
        place = {rule_id: index for index, rule_id in reversed(list(enumerate(ids)))}
        listed = all_rules(connection, for_update=True)
        _place(connection, sorted(listed, key=lambda rule: place.get(rule.id, len(place))))

    @writing
    def delete(self, connection: Connection, rule_id: int) -> None:
        """Remove a rule from the list; its revisions stay. Raises `NotFound`."""
        _change(connection, delete(rules).where(rules.c.id == rule_id))
        _place(connection, all_rules(connection, for_update=True))

    @writing
    def put_back(self, connection: Connection, removed: DeletedRule) -> None:
        """Undo a deletion: restore the rule as last saved, with its id and so its history.

        It is switched on if it was.
        """
        listed, rule = all_rules(connection, for_update=True), removed.rule
        if any(one.id == rule.id for one in listed):
            return  # another desk was faster
        last = next(iter(_revisions(connection, rule.id)), rule)  # saved by others, or since an earlier undo
        again = replace(last, position=0, enabled=rule.enabled)
        _insert_again(connection, again)
        listed.insert(removed.place_in(listed), again)
        _place(connection, listed)

    async def deleted_names(self) -> dict[int, str]:
        """Return the last names of deleted rules by id."""
        listed = select(rules.c.id)
        return await self._db.read(rule_lists.last_names, rule_revisions.c.rule_id.not_in(listed))

    revisions = read_by(_revisions)

    @writing
    def save_hours(self, connection: Connection, merged: MergeCalendars) -> None:
        """Store business hours; rules that have only the name of one refer to it then.

        Raises `CalendarInUse` if a rule uses one that would be gone, and what `merged` raises; nothing was changed.
        """
        listed, before = all_rules(connection, for_update=True), stored_calendars(connection, for_update=True)
        hours = before.replaced_by(merged(before.calendars))
        for calendar in before.calendars:
            users = [rule.name for rule in listed if calendar.id in rule.when.calendars]
            if users and calendar.id in hours.deleted:
                raise CalendarInUse(users, calendar=calendar.name)
        put_calendars(connection, hours)
        bind(connection, listed, hours.bound)

    record_order = write_by(rule_lists.record_order)

    @writing
    def replace_all(
        self, connection: Connection, rules: Sequence[Rule], at: datetime, calendars: Sequence[Calendar] = ()
    ) -> list[Rule]:
        """Replace the list, and add `calendars` or replace those of their names, together.

        A rule of the same name and content keeps id and revision; one of the same name keeps its id and gets the
        next revision; the rest are new, and rules not named any more are removed from the list.
        """
        hours = stored_calendars(connection, for_update=True).with_file(calendars)
        if calendars:
            put_calendars(connection, hours)
        known = {rule.id: rule for rule in all_rules(connection, for_update=True)}
        gone = rule_revisions.c.rule_id.not_in(list(known))
        names = RuleNames(tuple(known.values()), rule_lists.last_names(connection, gone))
        named = [names.named(rule) for rule in known.values()]
        wanted = [replace(hours.bound(rule), id=0) for rule in rules]
        for index, match in paired_rules(wanted, named).items():
            wanted[index] = replace(wanted[index], id=match.id)
        said = {rule.id: rule.written for rule in named}
        return _place(connection, _become(connection, wanted, known, said, at), names.all)

    @writing
    def restore(
        self,
        connection: Connection,
        rules: Sequence[Rule],
        at: datetime,
        calendars: Sequence[Calendar] | None = None,
        expected: Sequence[Rule] | None = None,
    ) -> list[Rule]:
        """Restore a former list with ids and positions, and `calendars` with theirs.

        Rules not in it are removed; those with other content now get the former content as the next revision.
        Raises `RulesOutdated` if the list is not as `expected` any more; nothing was changed then.
        """
        listed = all_rules(connection, for_update=True)
        if expected is not None and listed != list(expected):
            raise RulesOutdated
        if calendars is not None:
            put_calendars(connection, stored_calendars(connection, for_update=True).replaced_by(calendars))
        known = {rule.id: rule for rule in listed}
        gone = [replace(rule, position=0) for rule in rules if rule.id not in known]
        for rule in gone:
            _insert_again(connection, rule)
        said = {rule.id: rule.written for rule in listed} | _revision_contents(connection, gone)
        known |= {rule.id: rule for rule in gone}
        return _place(connection, _become(connection, rules, known, said, at))


def _become(
    connection: Connection, wanted: Sequence[Rule], known: Mapping[int, Rule], said: Mapping[int, Rule], at: datetime
) -> list[Rule]:
    """Make `wanted` the list and return it; in it new rules have no id.

    A `known` one that `said` something else gets the next revision; one that is not wanted is removed.
    """
    connection.execute(delete(rules).where(rules.c.id.in_(known.keys() - {rule.id for rule in wanted})))
    changed = [(known[rule.id], rule) for rule in wanted if rule.id and said.get(rule.id) != rule.written]
    made = {rule.id: rule for rule in revise(connection, changed, at)}
    new = iter(_insert(connection, [rule for rule in wanted if not rule.id], at))
    for rule in wanted:
        if rule.id and rule.id not in made:
            made[rule.id] = _switched(connection, known[rule.id], rule.enabled)
    return [made[rule.id] if rule.id else next(new) for rule in wanted]


def _change(connection: Connection, change: Update | Delete) -> None:
    required(connection.execute(change).rowcount, "rule")


def _revision_contents(connection: Connection, listed: Sequence[Rule]) -> dict[int, Rule]:
    """Return the stored contents of these rules' revisions, with the names of then."""
    kept = rule_lists.revisions(connection, [rule.id for rule in listed])
    return {rule.id: kept[rule.id, rule.revision].written for rule in listed if (rule.id, rule.revision) in kept}


def _insert_again(connection: Connection, rule: Rule) -> None:
    connection.execute(rules.insert().values(id=rule.id, **_values(rule)))


_BESIDE = ("position", "revision", "enabled", "updated_at")
"""Fields of a rule that are columns of their own."""


def _values(rule: Rule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in _BESIDE} | {"rule": rule.written}


def all_rules(connection: Connection, *, for_update: bool = False) -> list[Rule]:
    """Return all rules by position, locked by `for_update` until the transaction ends."""
    query = select(rules).order_by(rules.c.position, rules.c.id)
    found = connection.execute(query.with_for_update() if for_update else query)
    return [replace(row.rule, id=row.id, **{name: getattr(row, name) for name in _BESIDE}) for row in found]


def _insert(connection: Connection, new: Sequence[Rule], at: datetime) -> list[Rule]:
    if not new:
        return []
    first = [replace(rule, position=0, revision=1, updated_at=at) for rule in new]
    insert = rules.insert().returning(rules.c.id, sort_by_parameter_order=True)
    made = zip(first, connection.scalars(insert, [_values(rule) for rule in first]), strict=True)
    return _with_revisions(connection, [replace(rule, id=rule_id) for rule, rule_id in made])


def revise(connection: Connection, pairs: Sequence[tuple[Rule, Rule]], at: datetime) -> list[Rule]:
    """Save pairs of a known rule and its new version as next revisions; return them."""
    if not pairs:
        return []
    last = _last_revisions(connection, [known.id for known, _ in pairs])
    saved = [
        replace(
            rule, id=known.id, position=known.position, revision=last.get(known.id, known.revision) + 1, updated_at=at
        )
        for known, rule in pairs
    ]
    change = update(rules).where(rules.c.id == bindparam("its_id"))
    change = change.values({rules.c[name]: bindparam(f"new_{name}") for name in _values(saved[0])})
    rows = [{"its_id": rule.id} | {f"new_{name}": it for name, it in _values(rule).items()} for rule in saved]
    connection.execute(change, rows)
    return _with_revisions(connection, saved)


def _last_revisions(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    query = select(rule_revisions.c.rule_id, func.max(rule_revisions.c.revision).label("last"))
    query = query.where(rule_revisions.c.rule_id.in_(ids)).group_by(rule_revisions.c.rule_id)
    return {row.rule_id: row.last for row in connection.execute(query)}


def _with_revisions(connection: Connection, saved: list[Rule]) -> list[Rule]:
    rows = [
        {"rule_id": rule.id, "revision": rule.revision, "rule": rule.written, "saved_at": rule.updated_at}
        for rule in saved
    ]
    connection.execute(rule_revisions.insert(), rows)
    return saved


def _place(
    connection: Connection, listed: Sequence[Rule], others: Mapping[int, str] = MappingProxyType({})
) -> list[Rule]:
    """Number the rules in this order, and let those refer by id that can.

    Only changes are written; a reference by id instead of name makes no revision.
    """
    names, hours = RuleNames(listed, others), stored_calendars(connection)
    listed = bind(connection, listed, lambda rule: hours.bound(names.bound(rule)))
    moved = [
        {"its_id": rule.id, "new_position": position}
        for position, rule in enumerate(listed, start=1)
        if rule.position != position
    ]
    if moved:
        change = update(rules).where(rules.c.id == bindparam("its_id")).values(position=bindparam("new_position"))
        connection.execute(change, moved)
    return [replace(rule, position=position) for position, rule in enumerate(listed, start=1)]


def bind(connection: Connection, listed: Sequence[Rule], bound: Callable[[Rule], Rule]) -> list[Rule]:
    """Store the rules with ids for names, in place: that makes no revision."""
    found = [bound(rule) for rule in listed]
    for before, rule in zip(listed, found, strict=True):
        if before != rule:
            its_revision = (rule_revisions.c.rule_id == rule.id) & (rule_revisions.c.revision == rule.revision)
            for change in (update(rules).where(rules.c.id == rule.id), update(rule_revisions).where(its_revision)):
                connection.execute(change.values(rule=rule.written))
    return found


def _switched(connection: Connection, rule: Rule, enabled: bool) -> Rule:
    if rule.enabled is not enabled:
        connection.execute(_enable(rule.id, enabled))
    return replace(rule, enabled=enabled)


def _enable(rule_id: int, enabled: bool) -> Update:
    return update(rules).where(rules.c.id == rule_id).values(enabled=enabled)
