"""A team's desk beside a server, with an owner."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql import Postgres
from tests.ui.world import World, open_world
from wxdesk.core.model.operator import Role
from wxdesk.desk.operators import Operators, hashed

PASSWORD = "canary of the owner"


@pytest.fixture
def world(postgres: Postgres, tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, shared=postgres.emptied()) as opened:
        yield opened


@pytest.fixture
def operators(world: World) -> Operators:
    found = world.desk.operators
    assert found is not None

    async def staff() -> None:
        await world.store.operators.add("老板", Role.OWNER, await hashed(PASSWORD), world.clock())
        await found.look()

    world.call(staff())
    return found
