"""All rows of an account: given to another name, or removed.

Both go through the schema as it is, so that no table can be forgotten: a row belongs to the account that it names, or
to the one of a row that it refers to.
"""

import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, Text, delete, exists, false, or_, select, type_coerce, update
from sqlalchemy.sql import func

from wxdesk.core.conversations.changes import MOST_ROWS
from wxdesk.core.errors import BadInput, Phrase
from wxdesk.core.model.command import CommandState
from wxdesk.core.model.picture import DIGEST
from wxdesk.store.engine.database import StorePart, reading, writing
from wxdesk.store.schema import metadata
from wxdesk.store.schema.authored import rule_revisions, rules, settings
from wxdesk.store.schema.columns import JsonText
from wxdesk.store.schema.figures import changed_hours, hourly_figures
from wxdesk.store.schema.messaging import conversations, messages, picture_chunks, pictures, uploads
from wxdesk.store.schema.team import commands
from wxdesk.store.settings import ACCOUNT_KEYS, CALL, PREFERENCES, get, put

_ACCOUNT_TABLES = [table for table in metadata.sorted_tables if "account" in table.c]

_RENAMING = "renaming"
"""Key of the setting that holds both names of an account while it is renamed."""


class AccountRows(StorePart):
    """The rows of one account, in every table."""

    @writing
    def begin_rename(self, connection: Connection, old: str, new: str) -> None:
        """Note that account `old` will be `new`, until `forget_rename`.

        Raises:
            BadInput: there are rows of `new`, perhaps of an account that was removed without them.
        """
        for table in _ACCOUNT_TABLES:
            if table is not hourly_figures and connection.scalar(select(exists().where(table.c.account == new))):
                raise BadInput(reason=Phrase("There are conversations of an account “{account}” already.", account=new))
        connection.execute(delete(hourly_figures).where(hourly_figures.c.account == new))  # of rows that are gone
        connection.execute(delete(settings).where(settings.c.key.in_([key + new for key in ACCOUNT_KEYS])))
        put(connection, _RENAMING, json.dumps((old, new)))

    @reading
    def unfinished_rename(self, connection: Connection) -> tuple[str, str] | None:
        """Return the former and the new name of an account that is noted to be renamed."""
        noted = get(connection, _RENAMING)
        return None if noted is None else tuple(json.loads(noted))

    @writing
    def rename(self, connection: Connection, old: str, new: str) -> None:
        """Give all rows of account `old`, if there are any, to `new`, which has none."""
        connection.execute(update(changed_hours).values(n=changed_hours.c.n + 1))  # what is counted now, is of `old`
        for table in _ACCOUNT_TABLES:
            connection.execute(update(table).where(table.c.account == old).values(account=new))
        for key in ACCOUNT_KEYS:
            connection.execute(update(settings).where(settings.c.key == key + old).values(key=key + new))
        before, after = (f'"account":{json.dumps(name)}' for name in (old, new))
        views = func.replace(settings.c.value, before, after)
        connection.execute(update(settings).where(settings.c.key.startswith(PREFERENCES)).values(value=views))
        for table in (rules, rule_revisions):
            conditions = func.replace(type_coerce(table.c.rule, Text), before, after)
            connection.execute(update(table).values(rule=conditions))

    @writing
    def forget_rename(self, connection: Connection) -> None:
        """Drop the note of `begin_rename`."""
        connection.execute(delete(settings).where(settings.c.key == _RENAMING))

    async def pictures(self, name: str) -> list[str]:
        """Return the pictures that only rows of an account name."""
        return await self._db.read(lambda connection: pictures_only_of(connection, _owned(name)))

    @reading
    def of_others(self, connection: Connection, configured: Collection[str]) -> list[str]:
        """Return accounts with unresolved conversations that are not among these."""
        account = conversations.c.account
        left = select(account).where(conversations.c.resolved_at.is_(None), account.not_in(configured))
        return list(connection.scalars(left.distinct()))

    @reading
    def resolved(self, connection: Connection, name: str, at: datetime | None, after: int) -> list[int]:
        """Return the next conversations of an account resolved `at` a time, or not at all."""
        its = (conversations.c.account == name, conversations.c.resolved_at == at, conversations.c.id > after)
        ids = select(conversations.c.id).where(*its).order_by(conversations.c.id)
        return list(connection.scalars(ids.limit(MOST_ROWS)))

    @writing
    def remove(self, connection: Connection, name: str) -> list[str]:
        """Remove all rows of an account; return the pictures that nothing names any more."""
        owned = _owned(name)
        unnamed = pictures_only_of(connection, owned)
        its = set(connection.scalars(select(conversations.c.id).where(conversations.c.account == name)))
        calls = connection.scalars(select(settings.c.key).where(settings.c.key.startswith(CALL))).all()
        delete_rows(connection, owned, unnamed)
        gone = [key for key in calls if int(key.rpartition(":")[2]) in its]
        gone += [key + name for key in ACCOUNT_KEYS]
        connection.execute(delete(settings).where(settings.c.key.in_(gone)))
        return unnamed


def _owned(name: str) -> dict[Table, ColumnElement[bool]]:
    """Return for each table with rows of an account the condition that finds them."""
    return rows_below({table: table.c.account == name for table in _ACCOUNT_TABLES})


def rows_below(first: Mapping[Table, ColumnElement[bool]]) -> dict[Table, ColumnElement[bool]]:
    """Return conditions that find the `first` rows and those that refer to them.

    A row that refers to a conversation belongs there, whatever else it refers to. Tables come after those that they
    refer to.
    """
    found: dict[Table, ColumnElement[bool]] = {}
    for table in metadata.sorted_tables:
        keys = sorted(table.foreign_keys, key=lambda key: key.parent.name)
        keys = [key for key in keys if key.column.table is conversations] or keys
        parents = [
            key.parent.in_(select(key.column).where(found[key.column.table]))
            for key in keys
            if key.column.table in found
        ]
        if table in first:
            found[table] = first[table]
        elif parents:
            found[table] = or_(*parents)
    return found


def delete_rows(
    connection: Connection, owned: dict[Table, ColumnElement[bool]], unnamed: Collection[str]
) -> dict[Table, int]:
    """Delete rows, pictures that nothing names, and ended calls; count the rows."""
    counts = {table: connection.execute(delete(table).where(owned[table])).rowcount for table in reversed(owned)}
    for table in (pictures, picture_chunks, uploads):
        connection.execute(delete(table).where(table.c.digest.in_(unnamed)))
    connection.execute(delete(commands).where(commands.c.state.not_in((CommandState.PENDING, CommandState.BEGUN))))
    return counts


def pictures_only_of(connection: Connection, owned: Mapping[Table, ColumnElement[bool]]) -> list[str]:
    """Return the pictures, of messages and of replies, that no other row names."""

    def named(which: Callable[[Table], ColumnElement[bool]]) -> set[str]:
        shown = select(messages.c.picture).where(messages.c.picture != "", which(messages)).distinct()
        found = set(connection.scalars(shown))
        for table in metadata.sorted_tables:
            for column in table.c:
                if isinstance(column.type, JsonText):
                    text = type_coerce(column, Text)
                    for value in connection.scalars(select(text).where(text.like("%picture%"), which(table))):
                        found.update(DIGEST.findall(value))
        return found

    own = named(lambda table: owned.get(table, false()))
    return sorted(own - named(lambda table: ~owned.get(table, false()))) if own else []
