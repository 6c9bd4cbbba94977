"""A migration that a kill or a power cut ends is finished by the next start, from whatever version it began."""

import asyncio
import errno
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.campaign.disk.at_work import read_confirmed
from tests.campaign.disk.children import Nursery
from tests.campaign.disk.old_home import NUMBERS, contents, make_old
from tests.campaign.disk.recorder import AFTER, BEFORE, CUT, NAME, OPEN, SYNC, WRITE, Disk, Fault, Kept
from tests.conftest import Sized
from wxdesk.store import open_store

OPEN_ONCE = "tests.campaign.disk.one_act.open_once"
SQLITE = "sqlite:///desk.db"
TRIES = (4, 12, 3000)
"""How many migrations are cut off in each size of the campaign."""


@dataclass(frozen=True)
class Old:
    """A home of an earlier version, what a whole migration makes of it, and how many statements and calls it takes."""

    home: Path
    migrated: dict[str, list[tuple[object, ...]]]
    statements: int
    calls: int

    def copy(self, target: Path) -> Path:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.home, target)
        return target

    def is_finished_by(self, home: Path) -> None:
        """The next start goes through, and finds all that was there before."""
        asyncio.run(_open(home))
        assert contents(home / "desk.db") == self.migrated


async def _open(home: Path) -> None:
    await (await open_store(SQLITE, home)).close()


EVERY_CALL = WRITE | SYNC | CUT | OPEN | NAME


@pytest.fixture
def old(tmp_path: Path, watched: Nursery) -> Callable[[str], Old]:
    """Homes of earlier versions, each made once."""
    made: dict[str, Old] = {}

    def make(revision: str) -> Old:
        if revision not in made:
            home, tried = tmp_path / f"at-{revision}", tmp_path / "tried"
            make_old(home, revision)
            shutil.copytree(home, tried)
            assert watched.live(OPEN_ONCE, folder=tried, fault=Fault(EVERY_CALL, 10**9)) == 0
            counted = dict(read_confirmed(tried))
            made[revision] = Old(home, contents(tried / "desk.db"), counted["statements"], counted["calls"])
            shutil.rmtree(tried)
        return made[revision]

    return make


def chosen(size: int, chance: Random, everything: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """So many of all that could be tried; of each earlier version one at least, where that many are tried."""
    first = {revision: (revision, number) for revision, number in everything}
    rest = chance.sample(everything, min(len(everything), size))
    return (rest if size < len(first) else [*first.values(), *rest])[: max(size, 1)]


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_killed_at_any_statement(watched: Nursery, tmp_path: Path, old: Callable[[str], Old], sized: Sized) -> None:
    chance, size = Random(20261201), sized(*TRIES)
    revisions = chance.sample(NUMBERS[:-1], min(len(NUMBERS) - 1, max(2, size // 4)))
    everything = [(one, number) for one in revisions for number in range(1, old(one).statements + 1)]
    for revision, number in chosen(size, chance, everything):
        home = old(revision).copy(tmp_path / "cut off")
        assert watched.live(OPEN_ONCE, number, folder=home) == -signal.SIGKILL
        old(revision).is_finished_by(home)


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_killed_at_any_call_of_the_disk(
    watched: Nursery, tmp_path: Path, old: Callable[[str], Old], sized: Sized
) -> None:
    """Also while the copy of the former file is made."""
    chance, size = Random(20261202), sized(*TRIES)
    revisions = chance.sample(NUMBERS[:-1], min(len(NUMBERS) - 1, max(2, size // 4)))
    everything = [(one, number) for one in revisions for number in range(1, old(one).calls + 1)]
    for revision, number in chosen(size, chance, everything):
        home = old(revision).copy(tmp_path / "cut off")
        fault = Fault(EVERY_CALL, number, dies=chance.choice((BEFORE, AFTER)))
        assert watched.live(OPEN_ONCE, folder=home, fault=fault) == -signal.SIGKILL
        old(revision).is_finished_by(home)


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_a_call_of_the_disk_fails(watched: Nursery, tmp_path: Path, old: Callable[[str], Old], sized: Sized) -> None:
    """Then it starts all the same, or says in plain words that it does not, and the next start goes through."""
    chance, size = Random(20261203), sized(*TRIES)
    revisions = chance.sample(NUMBERS[:-1], min(len(NUMBERS) - 1, max(2, size // 4)))
    everything = [(one, number) for one in revisions for number in range(1, old(one).calls + 1)]
    for revision, number in chosen(size, chance, everything):
        home = old(revision).copy(tmp_path / "cut off")
        fault = Fault(EVERY_CALL, number, error=chance.choice((errno.EIO, errno.ENOSPC)))
        assert watched.live(OPEN_ONCE, folder=home, fault=fault) == 0
        old(revision).is_finished_by(home)


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_the_power_goes(watched: Nursery, tmp_path: Path, old: Callable[[str], Old], sized: Sized) -> None:
    chance, size = Random(20261204), sized(*TRIES)
    revisions = chance.sample(NUMBERS[:-1], min(len(NUMBERS) - 1, max(1, size // 8)))
    for revision in revisions:
        home, record = old(revision).copy(tmp_path / "home"), tmp_path / f"record-{revision}"
        assert watched.live(OPEN_ONCE, folder=home, record=record) == 0
        events = sum(1 for _ in Disk(home, old(revision).home, record).events())
        moments = set(chance.sample(range(events), min(events, size // len(revisions))))
        disk = Disk(home, old(revision).home, record)
        for number, _ in enumerate(disk.events()):
            if number in moments:
                left = tmp_path / "left"
                disk.cut(left, chance.choice(list(Kept)), chance)
                old(revision).is_finished_by(left)
                shutil.rmtree(left)
