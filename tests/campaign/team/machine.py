"""A machine of the team, as a process: `wxdesk` whose clock is wrong, and whose lease may be short.

    python -m tests.campaign.team.machine --home HOME serve

With a short lease a campaign sees many servers take over within a minute.
"""

import os
import sys
from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from wxdesk.cli import main
from wxdesk.desk import ports
from wxdesk.desk.conversations import inbox_queries
from wxdesk.desk.runtime import lease_keeper
from wxdesk.store.engine import change_hints, lease

AHEAD = "WXDESK_TEAM_CLOCK_AHEAD"
"""Seconds by which this machine's clock is ahead."""

LEASE = "WXDESK_TEAM_LEASE"
"""Seconds of the lease, and of the shortest sleep that is noticed; those of the program without it."""


class WrongClock(datetime):
    """The time as this machine has it."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz or UTC) + timedelta(seconds=float(os.environ.get(AHEAD, "0")))


def prepare() -> None:
    """Be the machine that the environment tells of."""
    patch = pytest.MonkeyPatch()  # says so if there is no longer such a name
    for reads_the_time in (ports, lease, inbox_queries):
        patch.setattr(reads_the_time, "datetime", WrongClock)
    if LEASE in os.environ:
        seconds = float(os.environ[LEASE])
        lease.LEASE_SECONDS, lease.MARGIN_SECONDS = seconds, seconds / 3
        patch.setattr(lease_keeper, "RENEW_SECONDS", seconds / 4)
        lease_keeper.TRY_SECONDS = seconds / 8
        change_hints.ASLEEP_SECONDS = seconds


if __name__ == "__main__":
    prepare()
    sys.exit(main())
