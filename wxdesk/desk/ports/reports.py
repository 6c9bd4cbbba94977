"""What the pages that look back ask of the store: the rest of `desk.ports`, which is long enough."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, tzinfo
from typing import Protocol

from wxdesk.core.model.push import KeptPush
from wxdesk.core.model.rule import Decision, RuleVerdict
from wxdesk.core.model.statistics import Figures, Span
from wxdesk.core.model.traces import PushPath, PushTrace, ReplyTrace
from wxdesk.core.rules.usage import RuleFigures


class Decisions(Protocol):
    """Why each message got its answer."""

    async def for_message(self, message_id: int) -> Decision | None:
        """The decision about a message."""
        ...

    async def latest(self, conversation_id: int) -> Decision | None:
        """The newest decision in a conversation."""
        ...

    async def all_verdicts(self, message_id: int) -> tuple[RuleVerdict, ...]:
        """What every rule said that was asked about a message, in order, those that found nothing as well."""
        ...

    async def hits(self, since: datetime) -> dict[int, int]:
        """How often each rule had its say since `since`, or would have had in the shadow, by rule id."""
        ...

    async def rule_figures(self, since: datetime) -> dict[int, RuleFigures]:
        """How each rule fares, by its id, counted since `since`; rules that never matched are left out."""
        ...


class Traces(Protocol):
    """What requests and calls were about, for the traffic page. A push is found by its account and key."""

    async def of_pushes(self, keys: Collection[tuple[str, str]]) -> list[PushTrace]:
        """The pushes with these (account, key), in no particular order; unknown ones are left out."""
        ...

    async def of_replies(self, ids: Collection[int]) -> list[ReplyTrace]:
        """These replies, in no particular order; unknown ones are left out."""
        ...

    async def path(self, account: str, key: str) -> PushPath:
        """Everything that followed from one push; raises `NotFound`."""
        ...


class Quarantined(Protocol):
    """Pushes that were signed and could not be read."""

    async def size(self) -> int:
        """How many there are."""
        ...

    async def page(self, before_id: int | None = None, limit: int = 200) -> list[KeptPush]:
        """Those with an id below `before_id` (all if None), newest first; each says in its note why."""
        ...

    async def release(self, ids: Collection[int]) -> list[int]:
        """Let these be derived like any other push; the ids of those that were still here, in order."""
        ...


class Statistics(Protocol):
    """Figures over a span of time."""

    async def over(self, span: Span, zone: tzinfo | None, before: Span | None = None) -> Figures:
        """Everything over `span`, by the hours and weekdays of `zone` (None: this machine's own).

        `before` is a span to compare with: its messages are counted as `messages_before`.
        """
        ...
