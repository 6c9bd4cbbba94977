"""A day of work leaves nothing behind but what was said: a real desk with its window open, walked through."""

import sys
from pathlib import Path

import pytest

from tests.campaign.soak import Soak
from tests.conftest import Sized
from wxdesk.store.messages.push_batches import PATIENCE_SECONDS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="counts what a process holds by /proc")

PATIENCE = 30.0
"""Seconds in which a push is kept where other tests take most of the time."""

SLOPE = 1.0
"""MiB an hour that memory may grow by, after the first hour."""


@pytest.mark.campaign
@pytest.mark.timeout(600)
async def test_a_day_of_work_leaves_no_task_timer_or_file_behind(tmp_path: Path, sized: Sized) -> None:
    seconds = sized(3, 300, 8 * 3600)
    patience = sized(PATIENCE, PATIENCE, PATIENCE_SECONDS)
    soak = Soak(seconds, sized(20, 10, 20), min(5, seconds / 10), min(60, max(20, seconds / 6)), patience)
    await soak.run(tmp_path)
    assert soak.complaints == ""
    assert soak.told
    if seconds > 60:
        assert soak.written >= 0.9 * seconds * soak.rate
        assert soak.grown() == {}
    if seconds > 2 * 3600:
        assert soak.slope() <= SLOPE
