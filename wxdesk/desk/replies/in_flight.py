"""Replies that the outbox has claimed and whose outcome is not stored yet, and what people have said meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from wxdesk.core.events import AccountChanged, Event, ModeChanged, RepliesRecalled, RulesChanged
from wxdesk.core.model.reply import Reply
from wxdesk.core.replies.lifecycle import is_automatic


class UnderWay:
    """The calls under way, at most one a conversation. What is written here is heard of right before each begins."""

    def __init__(self) -> None:
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._recalled: set[int] = set()
        self._outdated: set[int] = set()
        self._begun: set[int] = set()
        self._changed_since_claim = False

    def __len__(self) -> int:
        return len(self._tasks)

    @property
    def conversations(self) -> tuple[int, ...]:
        """Those in which something is under way."""
        return tuple(self._tasks)

    @property
    def tasks(self) -> Collection[asyncio.Task[None]]:
        """What works on them."""
        return self._tasks.values()

    def add(self, reply: Reply, task: asyncio.Task[None]) -> None:
        """`task` sends `reply`."""
        self._tasks[reply.conversation_id] = task
        if self._changed_since_claim:
            self._outdated.add(reply.conversation_id)

    def remove(self, reply: Reply) -> None:
        """What became of `reply` is stored."""
        del self._tasks[reply.conversation_id]
        for said in (self._recalled, self._outdated, self._begun):
            said.discard(reply.conversation_id)

    def hear(self, event: Event) -> None:
        """Take in what bears on a call that has not begun."""
        match event:
            case RepliesRecalled(conversation_id):
                self._recalled.add(conversation_id)
            case ModeChanged(conversation_id):
                self._outdated.add(conversation_id)
            case AccountChanged() | RulesChanged():
                self._outdated |= self._tasks.keys()
                self._changed_since_claim = True
            case _:
                pass

    def forget_what_is_settled(self) -> None:
        """Before a claim: what was recalled earlier is not there to be claimed, nor is anything decided before that.

        See `store.resolving`. What is recalled or changed while the claim is made may be in it.
        """
        self._changed_since_claim = False
        self._recalled &= self._tasks.keys()
        self._outdated &= self._tasks.keys()

    def is_recalled(self, reply: Reply) -> bool:
        """Whether a human has taken the word since it was claimed."""
        return reply.conversation_id in self._recalled and is_automatic(reply)

    def is_outdated(self, reply: Reply) -> bool:
        """Whether a mode or the rules have changed since it was claimed; it has to be asked about again."""
        return reply.conversation_id in self._outdated and is_automatic(reply)

    def begin(self, reply: Reply) -> None:
        """Its call begins: from here on nobody knows whether it arrives until WeChat has answered."""
        self._begun.add(reply.conversation_id)

    def has_begun(self, reply: Reply) -> bool:
        """Whether its call has."""
        return reply.conversation_id in self._begun
