"""Migrates a database to this program's schema, in one transaction.

Most starts find nothing to migrate. They read the names of the scripts, not the scripts, and do without
Alembic, which alone takes a tenth of a start to import.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from wxdesk.core.errors import DatabaseInUse, Phrase, StoreError, StoreTooNew

SCRIPTS = Path(__file__).resolve().parent / "migrations"

MOVING = "moving:"
"""Beginning of the revision of a database into which a move has not ended."""

UNFINISHED = "a move into {name} was begun and has not ended; run wxdesk move again"

LOCK = 7_296_345_011
"""Number of PostgreSQL's advisory lock that lets one desk at a time migrate."""

_NUMBER = "[0-9]" * 4
"""Pattern of the revision that each script's name begins with."""


class Migrations:
    """The revisions that this program knows, in a folder of scripts."""

    def __init__(self, scripts: Path = SCRIPTS) -> None:
        self._scripts = scripts
        self.known = sorted(path.name[:4] for path in (scripts / "versions").glob(f"{_NUMBER}_*.py"))
        self.newest = self.known[-1]

    def is_current(self, revision: str | None, name: str) -> bool:
        """Tell if a database at `revision` needs no migration.

        Raises:
            StoreTooNew: this program does not know that revision. `name` is the database's, for the operator.
            StoreError: a move into it has not ended.
        """
        if revision is not None and revision.startswith(MOVING):
            raise StoreError(reason=Phrase(UNFINISHED, name=name))
        if revision is not None and revision not in self.known:
            raise StoreTooNew(name, revision)
        return revision == self.newest

    def upgrade(self, connection: Connection) -> None:
        """Run the missing migrations within the connection's transaction."""
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(self._scripts).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

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
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found
