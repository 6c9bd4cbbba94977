"""Health (listener, tokens, pause, troubles) and traffic, gathered from the bus."""

from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace

from wxdesk.core import events
from wxdesk.core.errors import Text
from wxdesk.core.setup.reach import Reach
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.ports import Clock

START, LISTENER = "start", "listener"
"""Names in `HealthState.since` of the start of this desk, and of its listener."""


class TokenState(Struct, frozen=True):
    """An access_token: valid until `expires_at` or missing; `error`: why none came."""

    expires_at: datetime | None
    error: Text = ""


class HealthState(Struct, frozen=True):
    """The desk's state at one moment.

    `listener_url` is empty while nothing listens; `troubles` are the present ones, one a key. `paused_until` is
    when a pause ends by itself, None where it does not or where nothing is paused; `paused_since` when it
    began. `since` is when each trouble, by its key, came or went.
    """

    listener_url: str = ""
    tokens: tuple[tuple[str, TokenState], ...] = ()
    paused: bool = False
    paused_until: datetime | None = None
    paused_since: datetime | None = None
    troubles: tuple[events.TroubleRaised, ...] = ()
    reach: Reach = Reach()
    since: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def refusal(self) -> events.TroubleRaised:
        """Trouble for which nothing can be stored from here, without a text if it can.

        A desk beside servers stores nothing without one.
        """
        refusals = (one for one in self.troubles if one.key in (TroubleArea.DATABASE, TroubleArea.SERVER))
        return next(refusals, events.TroubleRaised(TroubleArea.DATABASE, ""))

    @property
    def refused(self) -> Text:
        """Reason of the `refusal`; empty without one."""
        return self.refusal.text


class Health:
    """Keeper of the newest `state`, one record, readable from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.state = HealthState(since={START: clock()})

    def on_event(self, event: events.Event) -> None:
        """Update the state from an event."""
        match event:
            case events.ListenerChanged(url):
                self.state = replace(self.state, listener_url=url, since=self._now(LISTENER))
            case events.ReachabilityChanged(reach):
                self.state = replace(self.state, reach=reach)
            case events.PauseChanged(paused, until, since):
                self.state = replace(self.state, paused=paused, paused_until=until, paused_since=since)
            case events.TokenChanged(account, expires_at, error):
                tokens = dict(self.state.tokens) | {account: TokenState(expires_at, error)}
                self.state = replace(self.state, tokens=tuple(sorted(tokens.items())))
            case events.ConfigurationChanged(removed=removed):
                tokens = {name: token for name, token in self.state.tokens if name not in removed}
                self.state = replace(self.state, tokens=tuple(tokens.items()))
            case events.TroubleRaised(key, text):
                others = tuple(trouble for trouble in self.state.troubles if trouble.key != key)
                was_raised = len(others) < len(self.state.troubles)
                is_same = key in self.state.since and bool(text) == was_raised
                times = self.state.since if is_same else self._now(key)
                self.state = replace(self.state, troubles=(*others, event) if text else others, since=times)
            case _:
                pass

    def _now(self, name: str) -> dict[str, datetime]:
        return {**self.state.since, name: self._clock()}


KEPT = 2000
"""Requests and API calls that are remembered."""


type FindTraffic = Callable[[datetime | None, int], Awaitable[list[events.PushSeen | events.ApiCalled]]]
"""Returns what the store has from before a time, newest first."""


class Traffic:
    """The newest `KEPT` requests and API calls of this run, for the traffic page."""

    def __init__(self) -> None:
        self._seen: deque[events.PushSeen | events.ApiCalled] = deque(maxlen=KEPT)

    def on_event(self, event: events.Event) -> None:
        """Remember an event that is about traffic."""
        if isinstance(event, events.PushSeen | events.ApiCalled):
            self._seen.append(event)

    async def newest_first(
        self, limit: int = KEPT, older: FindTraffic | None = None
    ) -> list[events.PushSeen | events.ApiCalled]:
        """Return the newest entries; `older` finds those of earlier runs."""
        found = list(reversed(self._seen))[:limit]
        if older is None:
            return found
        pushes = {(one.account, one.key) for one in found if isinstance(one, events.PushSeen)}
        replies = {one.reply_id for one in found if isinstance(one, events.ApiCalled)}
        for one in await older(found[-1].at if found else None, limit - len(found)):
            known = (one.account, one.key) in pushes if isinstance(one, events.PushSeen) else one.reply_id in replies
            found += [] if known else [one]
        return found
