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
    """Hands each published event to every subscriber, in the order in which they subscribed."""

    def __init__(self) -> None:
        self._subscribers: list[Subscriber] = []

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber` with every event from now on; returns the function that ends it."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    def publish(self, event: Event) -> None:
        """Tell everyone. A subscriber that fails is logged and does not keep the others from hearing."""
        for subscriber in tuple(self._subscribers):
            try:
                subscriber(event)
            except Exception:
                log.exception("A subscriber failed on %s", type(event).__name__)
