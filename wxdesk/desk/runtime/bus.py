"""Event bus: facts, and wishes, heard by whatever has subscribed to their kind.

Everything happens on the desk thread's loop; a subscriber is a plain function that returns at once.
"""

import logging
from collections.abc import Callable, Iterable

from wxdesk.core.events import Event, ReplyChanged, TroubleRaised
from wxdesk.core.model.reply import Reply, ReplyState

log = logging.getLogger(__name__)

type Subscriber = Callable[[Event], None]


def publish_replies(publish: Callable[[Event], None], replies: Iterable[Reply]) -> None:
    """Publish that these replies have changed, as they are now."""
    for reply in replies:
        at_once = reply.state is ReplyState.QUEUED and reply.not_before is None
        publish(ReplyChanged(reply.conversation_id, reply.id, reply.state, at_once))


class Bus:
    """Calls the subscribers of each event's kind, in order of subscription.

    Of a trouble they hear what is new: who looks for one again and again need not know what was told.
    """

    def __init__(self) -> None:
        self._troubles: dict[str, TroubleRaised] = {}
        self._subscribers: list[tuple[Subscriber, tuple[type[Event], ...]]] = []
        self._wanted: dict[type[Event], tuple[Subscriber, ...]] = {}

    def subscribe(self, subscriber: Subscriber, *kinds: type[Event]) -> Callable[[], None]:
        """Call `subscriber` with events of `kinds` (none: all); returns the unsubscriber."""
        entry = (subscriber, kinds)
        self._subscribers.append(entry)
        self._wanted.clear()

        def end() -> None:
            self._subscribers.remove(entry)
            self._wanted.clear()

        return end

    def publish(self, event: Event) -> None:
        """Call all subscribers; one that fails is logged, and the others are still called."""
        if isinstance(event, TroubleRaised) and not self._is_news(event):
            return
        for subscriber in self._who_wants(type(event)):
            try:
                subscriber(event)
            except Exception:  # one broken listener must not silence the desk
                log.exception("A subscriber failed on %s", type(event).__name__)

    def _is_news(self, trouble: TroubleRaised) -> bool:
        """Keep the newest trouble of a key; tell if it is another one, or has ended."""
        before = self._troubles.pop(trouble.key, None)
        if not trouble.text:
            return before is not None
        self._troubles[trouble.key] = trouble
        return trouble.passing or trouble != before

    def _who_wants(self, kind: type[Event]) -> tuple[Subscriber, ...]:
        found = self._wanted.get(kind)
        if found is None:
            wanting = (s for s, kinds in self._subscribers if not kinds or issubclass(kind, kinds))
            found = self._wanted[kind] = tuple(wanting)
        return found
