"""How the rooms hear of each other: facts, published after they are stored.

Everything happens on the desk thread's loop; a subscriber is a plain function that returns at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from wxdesk.core.events import Event

log = logging.getLogger(__name__)

type Subscriber = Callable[[Event], None]


class Bus:
    """Hands each published event to those who want its kind, in the order in which they subscribed."""

    def __init__(self) -> None:
        self._subscribers: list[tuple[Subscriber, tuple[type[Event], ...]]] = []
        self._wanted: dict[type[Event], tuple[Subscriber, ...]] = {}

    def subscribe(self, subscriber: Subscriber, *kinds: type[Event]) -> Callable[[], None]:
        """Call `subscriber` with every event of `kinds`, of all kinds if none is named; returns what ends it."""
        entry = (subscriber, kinds)
        self._subscribers.append(entry)
        self._wanted.clear()

        def end() -> None:
            self._subscribers.remove(entry)
            self._wanted.clear()

        return end

    def publish(self, event: Event) -> None:
        """Tell everyone. A subscriber that fails is logged and does not keep the others from hearing."""
        for subscriber in self._who_wants(type(event)):
            try:
                subscriber(event)
            except Exception:  # one broken listener must not silence the desk
                log.exception("A subscriber failed on %s", type(event).__name__)

    def _who_wants(self, kind: type[Event]) -> tuple[Subscriber, ...]:
        found = self._wanted.get(kind)
        if found is None:
            wanting = (s for s, kinds in self._subscribers if not kinds or issubclass(kind, kinds))
            found = self._wanted[kind] = tuple(wanting)
        return found
