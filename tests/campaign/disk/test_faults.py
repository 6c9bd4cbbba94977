"""A call of the disk fails, whichever it is: nothing is said that is not so, and the desk recovers by itself."""

import errno
from pathlib import Path
from random import Random

import pytest

from tests.campaign.disk.at_work import read_confirmed
from tests.campaign.disk.children import Nursery
from tests.campaign.disk.recorder import CUT, OPEN, SYNC, WRITE, Fault
from tests.campaign.disk.verdict import judge
from tests.conftest import Sized
from tests.prepared import prepare

WORK = "tests.campaign.disk.at_work.work"
CALLS = {"write": WRITE, "sync": SYNC, "cut": CUT, "open": OPEN}
LAST = 200
"""The last call that fails, counted from the first of its kind."""


def survives(watched: Nursery, folder: Path, fault: Fault) -> None:
    """A desk works until it was hit and has recovered; then it is torn away, and judged."""
    home = folder / "home"
    prepare(home)
    life = sum(line[0] == "life" for line in read_confirmed(home)) + 1
    assert watched.live(WORK, life, 12, folder=home, fault=fault) == 0
    judge(home, folder / "judged")


@pytest.mark.campaign
@pytest.mark.timeout(900)
@pytest.mark.parametrize("call", CALLS)
def test_the_store_survives_any_one_failing_call_of_the_disk(
    watched: Nursery, tmp_path: Path, sized: Sized, call: str
) -> None:
    chance = Random(20261205)
    numbers = range(1, LAST + 1)
    for number in sorted(chance.sample(numbers, sized(1, 4, LAST))):
        folder = tmp_path / str(number // 20)
        folder.mkdir(exist_ok=True)
        survives(watched, folder, Fault(CALLS[call], number, error=errno.EIO))


@pytest.mark.campaign
@pytest.mark.timeout(900)
@pytest.mark.parametrize("error", ["ENOSPC", "EIO", "EDQUOT"])
def test_the_disk_refuses_for_a_while(watched: Nursery, tmp_path: Path, sized: Sized, error: str) -> None:
    chance = Random(20261206)
    for _ in range(sized(1, 2, 60)):
        calls = chance.choice((WRITE, SYNC, WRITE | SYNC | CUT | OPEN))
        fault = Fault(calls, chance.randrange(1, LAST), times=chance.randrange(2, 30), error=getattr(errno, error))
        survives(watched, tmp_path, fault)
