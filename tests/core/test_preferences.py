"""Quiet hours take notices and sound away, also over midnight."""

import pytest

from wxdesk.core.preferences import Preferences


@pytest.mark.parametrize(
    ("first", "last", "quiet"),
    [(0, 0, ()), (9, 9, ()), (22, 8, (22, 23, *range(8))), (1, 6, range(1, 6)), (22, 0, (22, 23)), (0, 3, (0, 1, 2))],
)
def test_nothing_calls_in_the_quiet_hours(first: int, last: int, quiet: tuple[int, ...]) -> None:
    preferences = Preferences(quiet_from=first, quiet_until=last)
    silent = [hour for hour in range(24) if not preferences.at(hour).sound]
    assert silent == sorted(quiet)
    assert silent == [hour for hour in range(24) if not preferences.at(hour).notifications]
