"""Recent requests in and API calls out, for the traffic page; in memory only."""

from __future__ import annotations

from collections import deque

from wxdesk.core.events import ApiCalled, Event, PushSeen

KEPT = 2000


class Traffic:
    """The newest `KEPT` requests and API calls; subscribed to the bus."""

    def __init__(self) -> None:
        self._seen: deque[PushSeen | ApiCalled] = deque(maxlen=KEPT)

    def hear(self, event: Event) -> None:
        """Remember an event that is about traffic."""
        if isinstance(event, PushSeen | ApiCalled):
            self._seen.append(event)

    async def newest_first(self, limit: int = 500) -> list[PushSeen | ApiCalled]:
        """Return the newest entries; a coroutine, so that it runs on the desk's loop."""
        return list(reversed(self._seen))[:limit]
