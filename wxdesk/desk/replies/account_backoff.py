"""Pauses sending for an account that WeChat refused, and resumes it with a probe.

While an account rests nothing leaves for it: its replies wait in the queue, those of other accounts go on.
When the time is over, one reply is sent first (the probe); if WeChat accepts it or refuses only that reply,
the others follow, else the account rests again, twice as long. An operator who has mended something need
not wait: a command sends the probe at once.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.events import AccountFreed, Event, TokenChanged
from wxdesk.core.replies.lifecycle import SET_BACK
from wxdesk.desk.ports import Clock

FIRST = timedelta(seconds=60)
"""First rest; WeChat's limit of calls a minute (45011) ends after it, not before."""

LONGEST = timedelta(minutes=15)

BEIJING = timezone(timedelta(hours=8))
"""Time zone of WeChat's days; China has no summer time."""


class _Rest(Struct, frozen=True):
    since: datetime
    until: datetime
    strikes: int = 1
    probe: int | None = None

    def is_over(self, now: datetime) -> bool:
        """Tell if it is over, also because it began by a clock that has been set back."""
        return now >= self.until or now < self.since - SET_BACK


class AccountBackoff:
    """The resting accounts, by name; in memory, so a restart is a chance to retry.

    Subscribed to the bus: an account that gets its access_token again stops resting.
    """

    def __init__(self, publish: Callable[[Event], None], clock: Clock) -> None:
        self._publish = publish
        self._clock = clock
        self._backoff: dict[str, _Rest] = {}
        self._without_token: set[str] = set()

    def on_event(self, event: Event) -> None:
        """Learn which accounts have no token."""
        match event:
            case TokenChanged(account, None):
                self._without_token.add(account)
            case TokenChanged(account) if account in self._without_token:
                self._without_token.remove(account)
                self._free(account)
            case _:
                pass

    def begin(self, account: str) -> datetime:
        """Start a rest, longer each time but once for concurrent calls; return its end."""
        now = self._clock()
        rest = self._backoff.get(account)
        if rest is None or rest.is_over(now):
            strikes = 1 if rest is None else rest.strikes + 1
            rest = _Rest(now, now + min(LONGEST, FIRST * 2 ** min(strikes - 1, 10)), strikes)
        self._backoff[account] = replace(rest, probe=None)
        return rest.until

    def begin_until_midnight(self, account: str) -> datetime:
        """Let `account` rest until WeChat counts its calls anew, and return the end."""
        now = self._clock()
        today = now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
        until = (today + timedelta(days=1)).astimezone(now.tzinfo)
        self._backoff[account] = _Rest(now, until)
        return until

    def end(self, account: str) -> bool:
        """End the rest, since WeChat dealt with a reply; False if there was none."""
        return self._backoff.pop(account, None) is not None

    def try_now(self, account: str) -> None:
        """Probe at once for the operator, or at least ask for a token again."""
        if not self._free(account):
            self._publish(AccountFreed(account))

    def shut(self) -> frozenset[str]:
        """Return the accounts that get nothing from the queue, also those to be probed."""
        return frozenset(self._backoff)

    def to_probe(self, now: datetime) -> tuple[str, ...]:
        """Return the accounts whose rest is over and that have no probe under way."""
        return tuple(name for name, rest in self._backoff.items() if rest.is_over(now) and rest.probe is None)

    def probe_started(self, account: str, reply_id: int) -> None:
        """Note that this reply was sent as the probe of `account`, configured or not."""
        rest = self._backoff.get(account)
        if rest is not None and rest.probe is None:
            self._backoff[account] = replace(rest, probe=reply_id)

    def call_ended(self, reply_id: int) -> None:
        """Allow another probe if this reply was one and told nothing about its account."""
        for account, rest in self._backoff.items():
            if rest.probe == reply_id:
                self._backoff[account] = replace(rest, probe=None)

    def ends_after(self, now: datetime) -> Iterable[datetime]:
        """Return the ends of rests that are still to come."""
        return (rest.until for rest in self._backoff.values() if rest.until > now)

    def _free(self, account: str) -> bool:
        rest = self._backoff.get(account)
        if rest is not None:
            self._backoff[account] = replace(rest, until=min(rest.until, self._clock()))
            self._publish(AccountFreed(account))
        return rest is not None
