"""Reachability of the desk at one moment, and the times in which it was lost."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from wxdesk.core.setup.findings import NOT_PROBED, CheckVerdict, Finding

SHORTEST_OUTAGE = timedelta(minutes=1)
"""Shorter ones are not shown: WeChat tries again for some seconds."""


class Reach(Struct, frozen=True):
    """Newest finding about the public address, and since when it is good or not.

    `finding.ok` tells if WeChat's requests arrive. `since` is the first moment of the present state, None while
    nothing was probed. `lost`: they did arrive before.
    """

    finding: Finding = NOT_PROBED
    since: datetime | None = None
    lost: bool = False


class Outage(Struct, frozen=True):
    """A time in which messages may have been missed.

    From the last probe that came through to the next one; `ended` is None while it lasts. `verdict` is what was
    found first, `desk_off` if the program was not running, the machine slept, or nothing could be stored.
    """

    began: datetime
    ended: datetime | None
    verdict: CheckVerdict

    @property
    def counts(self) -> bool:
        """True unless it was so short that WeChat's later attempts may have arrived."""
        return self.ended is None or self.ended - self.began >= SHORTEST_OUTAGE

    def length(self, now: datetime) -> timedelta:
        """Return how long it lasted, or lasts."""
        return (self.ended or now) - self.began


class Gap(Struct, frozen=True):
    """Outages between two messages, told as one."""

    began: datetime
    ended: datetime | None
    total: timedelta
    count: int


def gaps_between(outages: Iterable[Outage], moments: Sequence[datetime], now: datetime) -> list[Gap]:
    """Join the outages that began between the same two of `moments`.

    Moments must be in order. Outages before the first one are left out, and short ones.
    """
    shown = sorted((one for one in outages if one.counts), key=lambda one: one.began)
    gaps: list[Gap] = []
    passed, former = 0, -1
    for outage in shown:
        while passed < len(moments) and moments[passed] <= outage.began:
            passed += 1
        if not passed:
            continue
        if passed == former:
            last = gaps.pop()
            gaps.append(Gap(last.began, outage.ended, last.total + outage.length(now), last.count + 1))
        else:
            gaps.append(Gap(outage.began, outage.ended, outage.length(now), 1))
        former = passed
    return gaps
