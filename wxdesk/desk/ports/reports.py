"""Ports for decisions, traffic traces, the quarantine and statistics."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, tzinfo
from typing import Protocol

from wxdesk.core.model.push import KeptPush
from wxdesk.core.model.rule import Decision, RuleVerdict
from wxdesk.core.model.statistics import Figures, TimeSpan
from wxdesk.core.model.traces import PushPath, PushTrace, ReplyTrace
from wxdesk.core.rules.usage import RuleFigures


class Decisions(Protocol):
    """Decisions on messages, and the figures of rules."""

    async def for_message(self, message_id: int) -> Decision | None:
        """Return the decision on a message."""
        ...

    async def latest(self, conversation_id: int) -> Decision | None:
        """Return the newest decision in a conversation."""
        ...

    async def all_verdicts(self, message_id: int) -> tuple[RuleVerdict, ...]:
        """Return the verdicts of all rules asked about a message, in order."""
        ...

    async def hits(self, since: datetime) -> dict[int, int]:
        """Count each rule's hits since `since`, shadow hits included, by rule id."""
        ...

    async def rule_figures(self, since: datetime) -> dict[int, RuleFigures]:
        """Return the figures since `since` of each rule that ever matched, by rule id."""
        ...


class Traces(Protocol):
    """Links from traffic to messages and replies; a push is found by account and key."""

    async def of_pushes(self, keys: Collection[tuple[str, str]]) -> list[PushTrace]:
        """Return the pushes with these (account, key), unordered; unknown ones left out."""
        ...

    async def of_replies(self, ids: Collection[int]) -> list[ReplyTrace]:
        """Return these replies, unordered; unknown ones are left out."""
        ...

    async def path(self, account: str, key: str) -> PushPath:
        """Return everything that followed from one push; raises `NotFound`."""
        ...


class QuarantineStore(Protocol):
    """Signed pushes that could not be read."""

    async def size(self) -> int:
        """Count them."""
        ...

    async def page(self, before_id: int | None = None, limit: int = 200) -> list[KeptPush]:
        """Return those with ids below `before_id` (None: all), newest first, with reasons."""
        ...

    async def release(self, ids: Collection[int]) -> list[int]:
        """Release these for deriving; return the ids of those still here, in order."""
        ...


class Statistics(Protocol):
    """Figures over a span of time."""

    async def over(self, span: TimeSpan, zone: tzinfo | None, before: TimeSpan | None = None) -> Figures:
        """Return all figures over `span`, by the hours and weekdays of `zone`.

        `zone` None: this machine's own. `before` is a span to compare with: its messages are counted as
        `messages_before`.
        """
        ...
