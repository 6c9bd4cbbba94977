"""Decisions make way for pushes from 500 pushes a second on."""

import pytest

from wxdesk.desk.messages.throttle import BATCH, FLOOD_BATCH, Throttle


def over(rate: float, seconds: float, batch_seconds: float) -> Throttle:
    """A pacing that saw pushes come at `rate` for `seconds`, and took a batch every `batch_seconds`."""
    pacing = Throttle()
    for n in range(1, int(seconds / batch_seconds) + 1):
        pacing.rest(1000 + n * batch_seconds, batch_seconds, int(n * batch_seconds * rate))
    return pacing


@pytest.mark.parametrize("batch_seconds", [0.001, 0.01, 0.19, 1.0])
def test_a_flood_causes_rests_and_small_batches_however_long_a_batch_takes(batch_seconds: float) -> None:
    pacing = over(510, 2.0, batch_seconds)
    assert pacing.rest(1003, 0.01, 510 * 3) == pytest.approx(0.16)
    assert pacing.batch == FLOOD_BATCH


@pytest.mark.parametrize("batch_seconds", [0.001, 0.01, 0.19, 1.0])
def test_without_a_flood_there_are_no_rests(batch_seconds: float) -> None:
    pacing = over(490, 2.0, batch_seconds)
    assert pacing.rest(1003, 0.01, 490 * 3) == 0
    assert pacing.batch == BATCH


def test_a_few_pushes_at_once_are_no_flood() -> None:
    pacing = Throttle()
    pacing.rest(1000.0, 0.001, 0)
    assert pacing.rest(1000.001, 0.001, 40) == 0


def test_rests_end_after_the_flood() -> None:
    pacing = over(5000, 2.0, 0.01)
    assert pacing.rest(1002.5, 0.01, 10_000) == 0
