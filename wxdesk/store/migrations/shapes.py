"""Columns, keys and indexes as the revisions write them; as fixed as those."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations


def identity(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    """Make columns of ids; on SQLite the key must be INTEGER to be the rowid."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return [sa.Column(name, number, nullable=nullable) for name in names]


def moment(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    """Make columns of microseconds since 1970."""
    return [sa.Column(name, sa.BigInteger(), nullable=nullable) for name in names]


def text(*names: str, nullable: bool = False, default: str | None = None) -> list[sa.Column[Any]]:
    """Make columns of text."""
    return [sa.Column(name, sa.Text(), nullable=nullable, server_default=default) for name in names]


def count(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    """Make columns of small numbers."""
    return [sa.Column(name, sa.Integer(), nullable=nullable) for name in names]


def flag(*names: str, default: sa.False_ | None = None) -> list[sa.Column[Any]]:
    """Make columns of truth values."""
    return [sa.Column(name, sa.Boolean(), nullable=False, server_default=default) for name in names]


def foreign_key(table: str, column: str, other: str) -> list[sa.ForeignKeyConstraint]:
    """Let a column of `table` refer to the id of another."""
    return [sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")]


def unique(table: str, *columns: str) -> list[sa.UniqueConstraint]:
    """Let no two rows of `table` have the same values here."""
    return [sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")]


def create(
    op: Operations,
    table: str,
    *parts: Sequence[sa.schema.SchemaItem],
    key: tuple[str, ...] = ("id",),
    **more: Any,  # noqa: ANN401
) -> sa.Table:
    """Make a table of these columns and constraints with this key."""
    return op.create_table(table, *chain(*parts), sa.PrimaryKeyConstraint(*key, name=f"pk_{table}"), **more)


def add(op: Operations, table: str, *columns: Sequence[sa.Column[Any]]) -> None:
    """Add columns to a table."""
    for column in chain(*columns):
        op.add_column(table, column)


def partial_index(
    op: Operations, name: str, table: str, columns: list[str], sqlite: str, postgresql: str | None = None
) -> None:
    """Index the rows for which the condition of the engine holds."""
    op.create_index(name, table, columns, sqlite_where=sa.text(sqlite), postgresql_where=sa.text(postgresql or sqlite))


def index_words(op: Operations, table: str, index: str) -> None:
    """Index the column `words` of a table for searching, see `store.search`."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE INDEX ix_{table}_words ON {table} USING gin (to_tsvector('simple'::regconfig, words))")
        return
    # The index holds no text of its own; it reads the table, and must be told the old words when they change.
    op.execute(
        f"CREATE VIRTUAL TABLE {index} USING fts5"
        f"(words, content = '{table}', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 0')"
    )
    add = f"INSERT INTO {index} (rowid, words) VALUES (new.id, new.words);"  # noqa: S608 - of the revisions
    remove = f"INSERT INTO {index} ({index}, rowid, words) VALUES ('delete', old.id, old.words);"  # noqa: S608
    for name, when, steps in (
        ("added", "INSERT", add),
        ("removed", "DELETE", remove),
        ("changed", "UPDATE OF words", f"{remove} {add}"),
    ):
        op.execute(f"CREATE TRIGGER {table}_{name} AFTER {when} ON {table} BEGIN {steps} END")
