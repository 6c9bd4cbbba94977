"""A store on each engine: SQLite in a real file, PostgreSQL on a real server that lives as long as the session."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.postgresql import Postgres
from tests.prepared import SQLITE, prepare
from tests.store.chats import Talk
from wxdesk.store import Store, open_store


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    """A database file that has our schema and no rows."""
    prepare(tmp_path / "prepared")
    return tmp_path / "prepared" / "desk.db"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, home: Path) -> str:
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        return server.emptied()
    prepare(home)
    return SQLITE


@pytest.fixture
async def store(url: str, home: Path) -> AsyncIterator[Store]:
    opened = await open_store(url, home)
    yield opened
    await opened.close()


@pytest.fixture
def talk(store: Store) -> Talk:
    return Talk(store)
