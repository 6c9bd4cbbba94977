"""Kills at any moment, also within an operator's command: what was acknowledged holds, and nothing is sent twice."""

import signal
from itertools import cycle, product
from pathlib import Path
from random import Random

import pytest

from tests.campaign.disk.children import Nursery
from tests.campaign.disk.recorder import AFTER, BEFORE, CUT, NAME, OPEN, SYNC, WRITE, Fault
from tests.campaign.disk.verdict import all_is_finished, judge
from tests.conftest import Sized

AT_WORK = "tests.campaign.disk.at_work"
COMMANDS = ("taken over", "mode", "note", "said", "stopped", "text", "released", "paused", "rules")
MOMENTS = tuple(product(("begun", "done"), COMMANDS))
"""Each is met by a kill in turn: a command is under way, or its operator has just been told that it is done."""

KILLS = (2, 8, 1000)
"""How often the desk is killed at calls of the disk, in each size of the campaign."""

LIVES_PER_HOME = 40
LIVES_WITH_OPERATORS = 10
"""After more of them operators have used up every customer's quota, and no reply is left to be edited."""


def finish(nursery: Nursery, home: Path, beside: Path) -> None:
    """Let the home's last desk do all that is left, and hold it against what was said."""
    assert nursery.live(f"{AT_WORK}.finish", 9999, folder=home) == 0
    judge(home, beside)
    all_is_finished(home)


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_a_kill_between_a_command_and_its_end(nursery: Nursery, tmp_path: Path, sized: Sized) -> None:
    """After a random number of answers, at a random moment after each kind of command has begun, or was done."""
    chance, kills, moments = Random(20261128), sized(2, len(MOMENTS), 1000), cycle(MOMENTS)
    for first in range(0, kills, LIVES_WITH_OPERATORS):
        home = tmp_path / f"home{first}"
        home.mkdir()
        for life in range(1, min(LIVES_WITH_OPERATORS, kills - first) + 1):
            lines, seconds = chance.randrange(sized(40, 40, 160)), chance.uniform(0, 0.02)
            killed = nursery.live(f"{AT_WORK}.work_and_die", life, lines, seconds, *next(moments), folder=home)
            assert killed == -signal.SIGKILL
            judge(home, tmp_path / "judged")
        finish(nursery, home, tmp_path / "judged")


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_a_kill_before_or_after_a_call_of_the_disk(watched: Nursery, tmp_path: Path, sized: Sized) -> None:
    """At a chosen call: in the middle of a commit, a checkpoint, a start."""
    chance, kills = Random(20261129), sized(*KILLS)
    for first in range(0, kills, LIVES_PER_HOME):
        home = tmp_path / f"home{first}"
        home.mkdir()
        for life in range(1, min(LIVES_PER_HOME, kills - first) + 1):
            calls = chance.choice((WRITE, WRITE, SYNC, CUT | OPEN | NAME | SYNC))
            number = int(10 ** chance.uniform(0, 2.3 if calls == WRITE else 1.7))
            fault = Fault(calls, number, dies=chance.choice((BEFORE, AFTER)))
            assert watched.live(f"{AT_WORK}.work", life, folder=home, fault=fault) == -signal.SIGKILL
            judge(home, tmp_path / "judged")
        finish(watched, home, tmp_path / "judged")
