"""A look at the store changes nothing in it, on both engines."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.postgresql import Postgres
from wxdesk.core.errors import StoreTooNew
from wxdesk.store import StoreStatus, check_store, open_store

pytestmark = pytest.mark.postgres


def parts(home: Path) -> list[Path]:
    return list(home.rglob("*"))


async def test_an_empty_database_of_a_team_stays_empty(postgres: Postgres, home: Path) -> None:
    url = postgres.fresh()
    assert await check_store(url, home) is StoreStatus.EMPTY
    assert await check_store(url, home) is StoreStatus.EMPTY
    assert parts(home) == []


async def test_a_teams_database_is_found_as_it_is(postgres: Postgres, home: Path) -> None:
    url = postgres.fresh()
    store = await open_store(url, home)
    assert await check_store(url, home) is StoreStatus.IN_USE
    assert await check_store(url, home / "another") is StoreStatus.IN_USE
    await store.close()
    assert await check_store(url, home) is StoreStatus.SOUND
    database = make_url(url).database or ""
    postgres.tell("UPDATE alembic_version SET version_num = '0035'", database)
    assert await check_store(url, home) is StoreStatus.OLDER
    postgres.tell("UPDATE alembic_version SET version_num = '9999'", database)
    with pytest.raises(StoreTooNew):
        await check_store(url, home)
