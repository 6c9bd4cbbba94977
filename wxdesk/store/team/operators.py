"""Operators of a team, their passwords' hashes, and the record of what they did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Row, delete, or_, select, update

from wxdesk.core.errors import BadInput, NotAllowed, Phrase, required
from wxdesk.core.model.operator import NEEDS, Operator, OperatorAction, Role
from wxdesk.store.engine.database import StorePart, insert_into, read_by, reading, write_by, writing_beside
from wxdesk.store.schema.authored import settings
from wxdesk.store.schema.messaging import operator_drafts
from wxdesk.store.schema.records import conversations_by_id
from wxdesk.store.schema.team import operator_actions, operators
from wxdesk.store.settings import CALL, OWN_PREFERENCES

FREE_TRIES = 3
"""Wrong passwords in a row that cost nothing; then each costs twice the time."""

LONGEST_WAIT = timedelta(minutes=1)

MOST_NAMED = 3
"""Customers that are named of those whom one act is about."""


@dataclass(frozen=True, slots=True, repr=False)
class SignInRow:
    """An operator as needed to sign in; `wait_until` delays the next try."""

    operator: Operator
    password_hash: str
    wait_until: datetime | None


def _operator(row: Row[Any]) -> Operator:
    return Operator(row.id, row.name, row.role, row.active)


def _all(connection: Connection) -> list[Operator]:
    """Return the operators by name."""
    return [_operator(row) for row in connection.execute(select(operators).order_by(operators.c.name))]


def _note(connection: Connection, action: str, about: str, at: datetime, by: Operator | None) -> None:
    """Keep what an operator did."""
    row = {"action": action, "about": about, "at": at, "operator": "" if by is None else by.name}
    connection.execute(operator_actions.insert().values(row))


class OperatorStore(StorePart):
    """The operators of a team.

    `by` is the one who acts, and is looked at in the transaction; None where the machine itself does, by command line.
    Who changes an operator says how it was, so that of two who change the same one is refused.
    """

    all = read_by(_all)
    note = write_by(_note)

    @reading
    def find(self, connection: Connection, key: int | str) -> SignInRow | None:
        """Return the operator with this id or name."""
        wanted = operators.c.name == key if isinstance(key, str) else operators.c.id == key
        row = connection.execute(select(operators).where(wanted)).one_or_none()
        return None if row is None else SignInRow(_operator(row), row.password_hash, row.wait_until)

    async def acting(self, operator_id: int | None) -> tuple[Operator | None, bool]:
        """Return the operator if active; and if somebody has to be signed in."""
        known = await self._db.read(_all)
        return next((one for one in known if one.id == operator_id and one.active), None), bool(owners(known))

    @writing_beside
    def add(
        self,
        connection: Connection,
        name: str,
        role: Role,
        password_hash: str,
        at: datetime,
        by: Operator | None = None,
    ) -> None:
        """Add an operator; raises `BadInput` if the name is taken, `NotAllowed`."""
        _locked(connection, by)
        row = {"name": name, "role": role, "active": True, "password_hash": password_hash}
        insert = insert_into(connection, operators).values(row | {"created_at": at, "changed_at": at, "failures": 0})
        if connection.execute(insert.on_conflict_do_nothing()).rowcount == 0:
            raise BadInput(reason=Phrase(TAKEN, name=name))
        _note(connection, "operators.add", name, at, by)

    @writing_beside
    def change(
        self, connection: Connection, before: Operator, after: Operator | None, at: datetime, by: Operator | None = None
    ) -> None:
        """Set role and activity of an operator, or remove it (None).

        Raises:
            BadInput: it is not as `before` any more, or no owner would be left to the others.
            NotAllowed: `by` is no owner any more.
        """
        known = _locked(connection, by)
        if known.get(before.id) != before:
            raise BadInput(reason=Phrase(CHANGED_MEANWHILE, name=before.name))
        others = {key: one for key, one in known.items() if key != before.id}
        rest = others if after is None else others | {after.id: after}
        if rest and owners(known.values()) and not owners(rest.values()):
            raise BadInput(reason=LAST_OWNER)
        here = operators.c.id == before.id
        if after is None:
            connection.execute(delete(operators).where(here))
            connection.execute(delete(operator_drafts).where(operator_drafts.c.operator == before.name))
            calls = settings.c.key.startswith(f"{CALL}{before.name}:", autoescape=True)
            connection.execute(delete(settings).where(or_(settings.c.key == OWN_PREFERENCES + before.name, calls)))
            _note(connection, "operators.remove", before.name, at, by)
            return
        values = {"role": after.role, "active": after.active, "changed_at": at}
        connection.execute(update(operators).where(here).values(values))
        _note(connection, "operators.change", before.name, at, by)

    @writing_beside
    def set_password(
        self, connection: Connection, operator: Operator, password_hash: str, at: datetime, by: Operator | None = None
    ) -> None:
        """Set a password, one's own or as an owner; raises `NotFound`, `NotAllowed`."""
        _locked(connection, by, operator.id)
        values = {"password_hash": password_hash, "changed_at": at, "failures": 0, "wait_until": None}
        change = update(operators).where(operators.c.id == operator.id).values(values)
        required(connection.execute(change).rowcount, "operator")
        _note(connection, "operators.set_password", operator.name, at, by)

    @writing_beside
    def count_try(self, connection: Connection, operator: Operator, at: datetime, *, right: bool) -> None:
        """Count a wrong password, and let the next try wait; a right one ends the count."""
        here = operators.c.id == operator.id
        failures: int | None = connection.scalar(select(operators.c.failures).where(here).with_for_update())
        wrong = 0 if right or failures is None else failures + 1
        wait = min(timedelta(seconds=2 ** min(wrong - FREE_TRIES, 9)), LONGEST_WAIT) if wrong >= FREE_TRIES else None
        values = {"failures": wrong, "wait_until": None if wait is None else at + wait}
        connection.execute(update(operators).where(here).values(values))

    @reading
    def actions(self, connection: Connection, most: int) -> list[OperatorAction]:
        """Return what operators did, newest first."""
        newest = select(operator_actions).order_by(operator_actions.c.id.desc()).limit(most)
        kept = [OperatorAction(row.at, row.operator, row.action, row.about) for row in connection.execute(newest)]
        ids = {conversation_id for one in kept for conversation_id in one.conversation_ids[:MOST_NAMED]}
        known = conversations_by_id(connection, ids)
        return [
            replace(one, contacts=tuple(known[id_].contact for id_ in one.conversation_ids if id_ in known))
            for one in kept
        ]


def _locked(connection: Connection, by: Operator | None, own: int | None = None) -> dict[int, Operator]:
    """Lock all operators, and check that `by` may change one, or `own` alone."""
    rows = connection.execute(select(operators).order_by(operators.c.id).with_for_update())
    known = {row.id: _operator(row) for row in rows}
    if by is not None:
        now = known.get(by.id)
        if now is None or not now.active or (by.id != own and now.role is not Role.OWNER):
            raise NotAllowed(reason=NEEDS[Role.OWNER])
    return known


def owners(known: Iterable[Operator]) -> list[Operator]:
    """Return those who are active owners; while there is one, a team signs in."""
    return [one for one in known if one.active and one.role is Role.OWNER]


TAKEN = "There is an operator called “{name}” already."
CHANGED_MEANWHILE = "“{name}” was changed elsewhere meanwhile; look again."
LAST_OWNER = "This is the last owner; make somebody else an owner first."
