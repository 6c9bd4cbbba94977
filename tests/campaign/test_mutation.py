"""How sharp the tests are where a slip costs most: small changes of the program, and whether a test notices each."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Sized

ROOT = Path(__file__).parents[2]
# One mutant in so many, in each size, and the share that must be noticed or have a reason: where it is less than all,
# it is a floor that only rises (docs/dev/promises.md), which a small sample says nothing about.
ROOMS = {
    "core/replies": ((60, 3, 1), 1.0),
    "core/rules/matching": ((0, 12, 1), 1.0),
    "webhook": ((0, 0, 1), 0.98),
    "store/replies": ((0, 0, 1), 0.95),
}


@pytest.mark.campaign
@pytest.mark.timeout(900)
@pytest.mark.parametrize("room", ROOMS)
def test_small_changes_do_not_go_unnoticed(room: str, sized: Sized) -> None:
    sizes, least = ROOMS[room]
    one_in = sized(*sizes)
    if not one_in:
        pytest.skip("too long for a sample, or too little in it")
    command = [sys.executable, "-m", "tests.campaign.mutation.run", f"wxdesk/{room}", f"tests/{room}"]
    options = ["--one-in", str(one_in), "--least", str(least), "-m", "not postgres"]
    found = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, check=False)
    print(found.stdout)
    assert found.returncode == 0, found.stdout[-4000:] + found.stderr[-2000:]
