"""Brings a database to this program's schema, in one transaction: a crash in between leaves it as it was."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from wxdesk.core.errors import StoreTooNew

SCRIPTS = Path(__file__).resolve().parent / "migrations"

LOCK = 7_296_345_011
"""The number of PostgreSQL's advisory lock that lets one desk at a time migrate."""


class Migrations:
    """The revisions that this program knows, in a folder of scripts."""

    def __init__(self, scripts: Path = SCRIPTS) -> None:
        self._config = Config()
        self._config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        self._config.set_main_option("path_separator", "os")
        self._scripts = ScriptDirectory.from_config(self._config)
        self.newest = self._scripts.get_current_head()

    def is_current(self, revision: str | None, name: str) -> bool:
        """Whether a database at `revision` needs nothing.

        Raises:
            StoreTooNew: this program does not know that revision. `name` is the database's, for the operator.
        """
        known = {script.revision for script in self._scripts.walk_revisions()}
        if revision is not None and revision not in known:
            raise StoreTooNew(name, revision)
        return revision == self.newest

    def upgrade(self, connection: Connection) -> None:
        """Run what is missing, within the connection's transaction."""
        self._config.attributes["connection"] = connection
        try:
            command.upgrade(self._config, "head")
        finally:
            del self._config.attributes["connection"]

    def upgrade_shared(self, connection: Connection, name: str) -> None:
        """The same for a database that several desks share: one of them migrates, the others wait for it.

        Raises:
            StoreTooNew: a newer program has been there.
        """
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK})
        if not self.is_current(MigrationContext.configure(connection).get_current_revision(), name):
            self.upgrade(connection)
