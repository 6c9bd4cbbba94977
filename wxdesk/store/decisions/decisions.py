"""Decisions on messages, those still to be made, and how often rules matched."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from wxdesk.core.conversations.listing import Waiting
from wxdesk.core.model.reply import Reply
from wxdesk.core.model.rule import Decision, RuleVerdict
from wxdesk.core.model.statistics import RuleFigures
from wxdesk.core.rules.conditions.facts import RequiredHistory
from wxdesk.core.rules.matching.matcher import refusal_of
from wxdesk.core.rules.resolution import ConversationContext, Resolution, UndecidedMessage
from wxdesk.core.rules.rule_names import RuleNames
from wxdesk.store.decisions import resolving, rule_facts, skipped, undecided
from wxdesk.store.engine.database import Database, StorePart
from wxdesk.store.reports import rule_figures
from wxdesk.store.rules.business_hours import stored_calendars
from wxdesk.store.rules.rule_lists import RuleListLengths, last_names, list_at, revisions
from wxdesk.store.schema.authored import rule_revisions, rules
from wxdesk.store.schema.messaging import decisions, messages, rule_firings


class DecisionHistory:
    """Stored decisions on messages, and the figures of rules."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lengths = RuleListLengths()

    async def for_message(self, message_id: int) -> Decision | None:
        """Return the decision about a message."""
        return await self._db.read(_one, select(decisions).where(decisions.c.message_id == message_id), self._lengths)

    async def latest(self, conversation_id: int) -> Decision | None:
        """Return the newest decision in a conversation."""
        of_thread = select(decisions).where(decisions.c.conversation_id == conversation_id)
        return await self._db.read(_one, of_thread.order_by(decisions.c.id.desc()).limit(1), self._lengths)

    async def all_verdicts(self, message_id: int) -> tuple[RuleVerdict, ...]:
        """Return the verdicts of all rules asked about a message, in order."""
        return await self._db.read(_all_verdicts, message_id, self._lengths)

    async def hits(self, since: datetime) -> dict[int, int]:
        """Count each rule's matches since `since`, in the shadow too, by rule id."""
        return await self._db.read(rule_figures.hits, since)

    async def rule_figures(self, since: datetime) -> dict[int, RuleFigures]:
        """Return the figures since `since` of each rule that ever matched, by rule id."""
        return await self._db.read(_rule_figures, since)

    async def load_for_trial(self, conversation_id: int, now: datetime) -> ConversationContext:
        """Return a conversation as its next message would meet it; raises `NotFound`."""
        return await self._db.read(undecided.load_for_trial, conversation_id, now)


class Decisions(StorePart):
    """Messages without a decision, and the decisions that are stored for them."""

    async def undecided(self, limit: int = 500) -> list[UndecidedMessage]:
        """Return messages without a decision, oldest first (left over from a crash)."""
        return await self._db.read(undecided.undecided, limit)

    async def backlog(self) -> int:
        """Count the pushes and messages that wait for a decision."""
        return await self._db.read(undecided.backlog)

    async def still_undecided(self, message_ids: Collection[int]) -> list[UndecidedMessage]:
        """Return those of these messages that still have no decision, as they are now."""
        return await self._db.read(undecided.undecided, len(message_ids), messages.c.id.in_(message_ids))

    async def with_history(
        self, undecided: Sequence[UndecidedMessage], wanted: RequiredHistory, now: datetime
    ) -> list[UndecidedMessage]:
        """Add the history that rules need, as it was when each message was written."""
        return await self._db.read(rule_facts.with_history, undecided, wanted, now)

    async def waiting(self, since: datetime | None) -> list[Waiting]:
        """Return contacts who wait since a time, or whom the rules skipped."""
        return await self._db.read(skipped.waiting, since)

    async def reopen_skipped(self) -> Sequence[int]:
        """Leave the newest messages that the rules skipped undecided; return their ids."""
        return await self._db.write(skipped.reopen)

    async def resolve(self, resolutions: Sequence[Resolution]) -> list[Reply]:
        """Store decisions with their effects in one transaction; return changed replies.

        Pending replies meet their `fate` in the same transaction, as they are then: those that give way are
        cancelled by "contact". Where the operator edits one, no new ones are made, and the decision says so
        (YIELDED); nor are they where fewer gave way than needed (NO_QUOTA). A reply's `created_at` is the
        decision's `decided_at`. A message that has a decision already is left alone, and its replies are not made a
        second time.

        Raises:
            DecisionOutdated: an operator has changed a conversation since `thought_from`
                (`core.rules.matching.guards.operator_decisions`).
                Nothing was stored; operators' later changes wait until all is.
        """
        return await self._db.write(resolving.resolve, resolutions)


def _one(connection: Connection, query: Select[Any], lengths: RuleListLengths) -> Decision | None:
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    decision = Decision(**row)
    length = lengths.at(connection, decision.decided_at) if decision.went_to_rules else None
    return decision if length is None else replace(decision, asked=length - decision.rules_left)


def _rule_figures(connection: Connection, since: datetime) -> dict[int, RuleFigures]:
    # Rule by rule, so that each time is found at the end of its stretch of the index.
    last = select(func.max(rule_firings.c.at)).where(rule_firings.c.rule_id == rules.c.id).scalar_subquery()
    times = {row.id: row.last for row in connection.execute(select(rules.c.id, last.label("last")))}
    hits, corrected = rule_figures.hits(connection, since), rule_figures.corrected(connection, since)
    return {
        rule_id: RuleFigures(hits.get(rule_id, 0), at, corrected.get(rule_id, 0))
        for rule_id, at in times.items()
        if at is not None
    }


def _all_verdicts(connection: Connection, message_id: int, lengths: RuleListLengths) -> tuple[RuleVerdict, ...]:
    decision = _one(connection, select(decisions).where(decisions.c.message_id == message_id), lengths)
    if decision is None:
        return ()
    asked = list_at(connection, decision.decided_at)[: decision.asked or 0]
    kept = {(verdict.rule_id, verdict.revision): verdict for verdict in decision.verdicts}
    if len(kept) >= len(asked) or not kept.keys() <= set(asked):
        return decision.verdicts  # all of them are there; or another desk asked another list just then
    return _completed(connection, message_id, asked, kept)


def _completed(
    connection: Connection, message_id: int, asked: Sequence[tuple[int, int]], kept: dict[tuple[int, int], RuleVerdict]
) -> tuple[RuleVerdict, ...]:
    kind = connection.scalars(select(messages.c.type).where(messages.c.id == message_id)).one()
    rules = revisions(connection, {rule_id for rule_id, revision in asked if (rule_id, revision) not in kept})
    others = {one for rule in rules.values() for one in rule.when.rules}
    names = RuleNames((), last_names(connection, rule_revisions.c.rule_id.in_(others)) if others else {})
    hours = stored_calendars(connection)
    return tuple(kept[key] if key in kept else refusal_of(hours.named(names.named(rules[key])), kind) for key in asked)
