"""List, counts and statistics agree after anything that customers, operators and the clock do."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import monotonic

import pytest

from tests.conftest import Sized
from tests.ui.deeds import DEEDS, PEOPLE, apart, do, everybody, open_shop, stored
from tests.ui.world import World

DEEDS_A_DAY = 70
DAYS = 2, 6, 1000
PATIENCE = 10.0
"""Seconds in which replies that leave by themselves must have left."""

pytestmark = [pytest.mark.campaign, pytest.mark.expects_log(".*")]


def test_the_store_tells_of_each_conversation_in_one_way(folders: Iterator[Path], sized: Sized) -> None:
    for day in range(sized(*DAYS)):
        chance, done = Random(day), list[tuple[str, int]]()
        with open_shop(next(folders)) as world:
            for _ in range(DEEDS_A_DAY):
                done.append((chance.choice(DEEDS), chance.randrange(len(PEOPLE))))
                do(world, lambda _: None, *done[-1])
                assert not (found := differences(world)), f"day {day}: {found} after {done}"


def differences(world: World) -> list[str]:
    """Where two places differ, in words, once nothing is under way."""
    until = monotonic() + PATIENCE
    while (found := apart(stored(world, everybody(world)))) and monotonic() < until:
        pass
    return found
