"""Nothing that anybody sends or writes breaks a parser, or costs more time or memory than a push may."""

import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.campaign.outsiders.parsers import PARSERS, Parser, Read
from tests.conftest import Sized

CASES = (12, 100, 20_000)
"""How many inputs a parser gets in each size of the campaign; they are the same each time."""

SECONDS = 0.05
MEBIBYTES = 20

PEAK = Path("/proc/self/clear_refs")


@pytest.mark.campaign
@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_any_input_is_read_or_refused_within_bounds(parser: Parser[Any], sized: Sized, tmp_path: Path) -> None:
    @seed(20261128)
    @settings(
        max_examples=sized(*CASES),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(parser.inputs.map(Case))
    def is_read(case: Case) -> None:
        before, most = memory("VmRSS") if reset_peak() else 0, SECONDS * parser.readings
        took = min(processor_time(parser, read, case.given), most)
        if took == most:  # once more: a collection of garbage, or a first import, is no fault of the parser
            took = processor_time(parser, read, case.given)
        assert took < most
        if before:
            assert memory("VmHWM") - before < MEBIBYTES * 1024

    with parser.reader(tmp_path) as read:
        is_read()


class Case:
    """An input, shown in part where it is long."""

    def __init__(self, given: str | bytes) -> None:
        self.given = given

    def __repr__(self) -> str:
        whole = repr(self.given)
        return whole if len(whole) < 3000 else f"{whole[:1500]} … {len(whole) - 3000} … {whole[-1500:]}"


def processor_time(parser: Parser[Any], read: Read[Any], given: str | bytes) -> float:
    began = time.thread_time()
    with suppress(*parser.refuses):
        read(given)
    return time.thread_time() - began


def reset_peak() -> bool:
    """Begin to measure the peak of memory anew, where the system can."""
    try:
        PEAK.write_text("5")
    except OSError:
        return False
    return True


def memory(name: str) -> int:
    """A figure of this process in KiB."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(next(line for line in status.splitlines() if line.startswith(f"{name}:")).split()[1])
