"""The power goes, at any moment: what was said to anybody is on the disk, whatever of the rest is there or not.

The disk is made again from a record of all writes and syncs, with nothing, all, or a random part of what was not
synced, in sectors of 512 bytes and in any order; names of files come and go as their folder was synced.
"""

import errno
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from tests.campaign.disk.at_work import read_confirmed
from tests.campaign.disk.children import Nursery
from tests.campaign.disk.recorder import AFTER, BEFORE, SYNC, WRITE, Disk, Fault, Kept
from tests.campaign.disk.verdict import judge
from tests.conftest import Sized
from tests.prepared import prepare
from wxdesk.core.errors import WxdeskError

AT_WORK = "tests.campaign.disk.at_work"
CUTS = (6, 20, 2000)
"""How often the power goes in each size of the campaign."""


@dataclass
class Power:
    """A home whose disk is written down, and cut."""

    folder: Path
    chance: Random
    home: Path = field(init=False)

    def __post_init__(self) -> None:
        self.home = self.folder / "home"
        prepare(self.home)
        shutil.copytree(self.home, self.folder / "begun")

    @property
    def record(self) -> Path:
        return self.folder / "record"

    def disk(self) -> Disk:
        return Disk(self.home, self.folder / "begun", self.record)

    def moments(self, cuts: int) -> set[int]:
        """Which events the power goes after: half of them told somebody something."""
        told = [number for number, (_, confirmed) in enumerate(self.disk().events()) if confirmed]
        events = sum(1 for _ in self.disk().events())
        return {*self.chance.sample(told, min(len(told), cuts // 2)), *self.chance.sample(range(events), cuts // 2)}

    def cut(self, cuts: int) -> list[str]:
        """What was wrong with the homes that so many power cuts have left."""
        wrong, moments, disk = [], self.moments(cuts), self.disk()
        for number, _ in enumerate(disk.events()):
            if number in moments:
                left, kept = self.folder / "left", self.chance.choice((Kept.NOTHING, Kept.SOME, Kept.SOME, Kept.ALL))
                disk.cut(left, kept, self.chance)
                try:
                    judge(left, self.folder / "judged")
                except (AssertionError, WxdeskError) as error:
                    wrong.append(f"after event {number}, of the rest {kept.value}: {error}")
                shutil.rmtree(left)
        return wrong


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_the_power_goes(watched: Nursery, tmp_path: Path, sized: Sized) -> None:
    power = Power(tmp_path, Random(20261130))
    kept = sized(8, 30, 600)
    assert watched.live(f"{AT_WORK}.work", 1, kept, folder=power.home, record=power.record) == 0
    assert len(read_confirmed(power.home)) > kept
    assert power.cut(sized(*CUTS)) == []


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_the_power_goes_some_time_after_a_kill(watched: Nursery, tmp_path: Path, sized: Sized) -> None:
    """What the killed desk had written but not synced is seen by the next one, which must not build on it."""
    power = Power(tmp_path, Random(20261131))
    for life in range(1, sized(2, 4, 60) + 1):
        calls = power.chance.choice((WRITE, SYNC))
        number = power.chance.randrange(20, 60 if calls == SYNC else 200)
        fault = Fault(calls, number, dies=power.chance.choice((BEFORE, AFTER)))
        assert watched.live(f"{AT_WORK}.work", life, folder=power.home, record=power.record, fault=fault) < 0
    assert power.cut(sized(*CUTS)) == []


@pytest.mark.campaign
@pytest.mark.timeout(900)
@pytest.mark.parametrize("killed", [True, False])
def test_the_power_goes_after_a_sync_that_failed_and_then_lies(
    watched: Nursery, tmp_path: Path, sized: Sized, killed: bool
) -> None:
    """Linux counts what a failed sync left behind as written: the next sync succeeds and writes nothing of it."""
    power = Power(tmp_path, Random(20261133 + killed))
    for life in range(1, sized(2, 4, 80) + 1):
        fault = Fault(SYNC, power.chance.randrange(5, 30), error=errno.EIO)
        work, more = ("work_and_die", (power.chance.randrange(40, 100), 0)) if killed else ("work", (20,))
        assert watched.live(f"{AT_WORK}.{work}", life, *more, folder=power.home, record=power.record, fault=fault) <= 0
    assert power.cut(sized(*CUTS)) == []


@pytest.mark.campaign
@pytest.mark.timeout(900)
@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
def test_without_a_sync_the_power_takes_what_was_confirmed(
    watched: Nursery, tmp_path: Path, sized: Sized, synchronous: str
) -> None:
    """The control: the campaign can fail."""
    power = Power(tmp_path, Random(20261132))
    work = f"{AT_WORK}.work_carelessly"
    assert watched.live(work, 1, sized(8, 10, 60), synchronous, folder=power.home, record=power.record) == 0
    assert len(power.cut(sized(8, 10, 100))) >= 1
