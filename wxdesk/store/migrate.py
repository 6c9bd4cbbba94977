"""Makes or migrates a database to this program's schema, in one transaction."""

from collections.abc import Mapping

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, delete, inspect, select, text

from wxdesk.core.errors import DatabaseInUse, Phrase, StoreError, StoreTooNew
from wxdesk.store.migrations import FIRST_RELEASE, REVISIONS, SchemaChange
from wxdesk.store.schema.triggers import create_schema

MOVING = "moving:"
"""Beginning of the revision of a database into which a move has not ended."""

UNFINISHED = "a move into {name} was begun and has not ended; run wxdesk move again"

UNRELEASED = (
    "{name} is from before the first release (schema {found}); open it once with wxdesk 0.2.0, then with this one"
)

LOCK = 7_296_345_011
"""Number of PostgreSQL's advisory lock that lets one desk at a time migrate."""

_VERSION = Table(
    "alembic_version",  # as Alembic made it, which ran the first ones
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


class Migrations:
    """The revisions that this program knows, in order."""

    def __init__(self, revisions: Mapping[str, SchemaChange] = REVISIONS) -> None:
        self._revisions = revisions
        self.known = [FIRST_RELEASE, *revisions]
        self.newest = self.known[-1]

    def is_current(self, revision: str | None, name: str) -> bool:
        """Tell if a database at `revision` needs no migration.

        Raises:
            StoreTooNew: this program does not know that revision. `name` is the database's, for the operator.
            StoreError: a move into it has not ended, or it is from before the first release.
        """
        if revision is not None and revision.startswith(MOVING):
            raise StoreError(reason=Phrase(UNFINISHED, name=name))
        if revision is not None and revision < FIRST_RELEASE:
            raise StoreError(reason=Phrase(UNRELEASED, name=name, found=revision))
        if revision is not None and revision not in self.known:
            raise StoreTooNew(file=name, found=revision)
        return revision == self.newest

    def upgrade(self, connection: Connection) -> None:
        """Make the schema, or run the missing migrations, in the connection's transaction."""
        before = revision_in(connection)
        _VERSION.create(connection, checkfirst=True)
        if before is None:
            create_schema(connection)
        for number, change in self._revisions.items():
            if before is not None and number > before:
                change(connection)
        connection.execute(delete(_VERSION))
        connection.execute(_VERSION.insert().values(version_num=self.newest))

    def upgrade_shared(self, connection: Connection, name: str) -> None:
        """Migrate a database that several desks share: one does, the others wait.

        Raises:
            StoreTooNew: a newer program has migrated it further.
            DatabaseInUse: servers of an older program work on it, which would not understand it any more.
        """
        from wxdesk.store.engine.lease import is_leased  # SQLAlchemy's ORM comes along

        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK})
        if not self.is_current(revision_in(connection), name):
            if is_leased(connection):
                raise DatabaseInUse
            self.upgrade(connection)


def revision_in(connection: Connection) -> str | None:
    """Return the schema revision of an open database; None if it is empty."""
    if not inspect(connection).has_table(_VERSION.name):
        return None
    return connection.scalar(select(_VERSION.c.version_num))
