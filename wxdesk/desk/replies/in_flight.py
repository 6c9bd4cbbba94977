"""Replies being sent, and the changes that still may stop them."""

import asyncio
from collections import Counter

from wxdesk.core.events import AccountChanged, Event, ModeChanged, RepliesRecalled, RulesChanged
from wxdesk.core.model.reply import Reply
from wxdesk.core.replies.lifecycle import is_automatic


class InFlight:
    """Calls under way, at most one per conversation, and changes since their claim."""

    def __init__(self) -> None:
        self.tasks: dict[int, asyncio.Task[None]] = {}
        """The tasks that send replies, by conversation."""
        self.calls: Counter[str] = Counter()
        """Number of calls under way, by account."""
        self.begun: set[int] = set()
        """Conversations whose call has begun.

        Until WeChat answers, its outcome is unknown.
        """
        self._recalled: set[int] = set()
        self._outdated: set[int] = set()
        self._changed_since_claim = False

    def add(self, reply: Reply, task: asyncio.Task[None]) -> None:
        """Register that `task` sends `reply`."""
        self.tasks[reply.conversation_id] = task
        self.calls[reply.account] += 1
        if self._changed_since_claim:
            self._outdated.add(reply.conversation_id)

    def remove(self, reply: Reply) -> None:
        """Remove `reply`, whose outcome is stored."""
        del self.tasks[reply.conversation_id]
        self.calls[reply.account] -= 1
        for noted in (self._recalled, self._outdated, self.begun):
            noted.discard(reply.conversation_id)

    def on_event(self, event: Event) -> None:
        """Note an event that concerns a call that has not begun."""
        match event:
            case RepliesRecalled(conversation_id):
                self._recalled.add(conversation_id)
            case ModeChanged(conversation_id):
                self._outdated.add(conversation_id)
            case AccountChanged() | RulesChanged():
                self._outdated |= self.tasks.keys()
                self._changed_since_claim = True
            case _:
                pass

    def forget_settled(self) -> None:
        """Forget earlier changes before a claim; what they stopped cannot be claimed.

        See `store.decisions.rulings`. What is recalled or changed while the claim is made may be in it.
        """
        self._changed_since_claim = False
        self._recalled &= self.tasks.keys()
        self._outdated &= self.tasks.keys()

    def is_recalled(self, reply: Reply) -> bool:
        """Return True if an operator has taken over since an automatic reply was claimed."""
        return reply.conversation_id in self._recalled and is_automatic(reply)

    def is_outdated(self, reply: Reply) -> bool:
        """Check for changed modes or rules since an automatic reply was claimed."""
        return reply.conversation_id in self._outdated and is_automatic(reply)
