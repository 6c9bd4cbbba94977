"""Decisions on messages, those still to be made, and how often rules matched."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Select, func, select

from wxdesk.core.model.decision import Decision, RuleVerdict
from wxdesk.core.model.statistics import RuleFigures
from wxdesk.core.rules.matching.matcher import refusal_of
from wxdesk.core.rules.rule_names import RuleNames
from wxdesk.core.rules.ruling import UndecidedMessage
from wxdesk.store.decisions import rule_facts, rulings, skipped, undecided
from wxdesk.store.engine.database import StorePart, read_by, reading, write_by
from wxdesk.store.rules.rule_lists import last_names, list_at, revisions
from wxdesk.store.rules.rules import stored_calendars
from wxdesk.store.schema.authored import rule_revisions, rules
from wxdesk.store.schema.messaging import CORRECTED, decisions, messages, replies, rule_firings


def _hits(connection: Connection, since: datetime) -> dict[int, int]:
    """Count each rule's matches since `since`, in the shadow too, by rule id."""
    of_rule = rule_firings.c.rule_id
    query = select(of_rule, func.count()).where(rule_firings.c.at >= since).group_by(of_rule)
    return {row[0]: row[1] for row in connection.execute(query)}


def newest_decision(connection: Connection, conversation_id: int) -> Decision | None:
    """Return the newest decision in a conversation."""
    its = select(decisions).where(decisions.c.conversation_id == conversation_id)
    return _one(connection, its.order_by(decisions.c.id.desc()).limit(1))


def _for_message(connection: Connection, message_id: int) -> Decision | None:
    """Return the decision about a message."""
    return _one(connection, select(decisions).where(decisions.c.message_id == message_id))


def _one(connection: Connection, query: Select[Any]) -> Decision | None:
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    decision = Decision(**row)
    asked = list_at(connection, decision.decided_at) if decision.went_to_rules else None
    return decision if asked is None else replace(decision, rules_asked=len(asked) - decision.rules_left)


class DecisionHistory(StorePart):
    """Stored decisions on messages, and the figures of rules."""

    for_message = read_by(_for_message)

    @reading
    def all_verdicts(self, connection: Connection, message_id: int) -> tuple[RuleVerdict, ...]:
        """Return the verdicts of all rules asked about a message, in order."""
        decision = _for_message(connection, message_id)
        if decision is None:
            return ()
        asked = (list_at(connection, decision.decided_at) or ())[: decision.rules_asked or 0]
        kept = {(verdict.rule_id, verdict.revision): verdict for verdict in decision.verdicts}
        if len(kept) >= len(asked) or not kept.keys() <= set(asked):
            return decision.verdicts  # all of them are there; or another desk asked another list just then
        return _completed(connection, message_id, asked, kept)

    hits = read_by(_hits)

    @reading
    def rule_figures(self, connection: Connection, since: datetime) -> dict[int, RuleFigures]:
        """Return the figures since `since` of each rule that ever matched, by rule id."""
        # Rule by rule, so that each time is found at the end of its stretch of the index.
        last = select(func.max(rule_firings.c.at)).where(rule_firings.c.rule_id == rules.c.id).scalar_subquery()
        times = {row.id: row.last for row in connection.execute(select(rules.c.id, last.label("last")))}
        hits, corrected = _hits(connection, since), _corrected(connection, since)
        return {
            rule_id: RuleFigures(hits.get(rule_id, 0), at, corrected.get(rule_id, 0))
            for rule_id, at in times.items()
            if at is not None
        }

    load_for_trial = read_by(undecided.load_for_trial)


class Decisions(StorePart):
    """Messages without a decision, and the decisions that are stored for them."""

    backlog = read_by(undecided.backlog)

    async def undecided(self, limit: int = 500) -> list[UndecidedMessage]:
        """Return messages without a decision, oldest first (left over from a crash)."""
        return await self._db.read(undecided.undecided, limit)

    async def still_undecided(self, message_ids: Collection[int]) -> list[UndecidedMessage]:
        """Return those of these messages that still have no decision, as they are now."""
        return await self._db.read(undecided.undecided, len(message_ids), messages.c.id.in_(message_ids))

    with_history = read_by(rule_facts.with_history)
    waiting = read_by(skipped.waiting)
    reopen_skipped = write_by(skipped.reopen_skipped)
    store_rulings = write_by(rulings.store_rulings)


def _corrected(connection: Connection, since: datetime) -> dict[int | None, int]:
    query = select(replies.c.rule_id, func.count(replies.c.message_id.distinct()))
    lately = query.where(replies.c.created_at >= since, CORRECTED).group_by(replies.c.rule_id)
    return {row[0]: row[1] for row in connection.execute(lately)}


def _completed(
    connection: Connection, message_id: int, asked: Sequence[tuple[int, int]], kept: dict[tuple[int, int], RuleVerdict]
) -> tuple[RuleVerdict, ...]:
    kind = connection.scalars(select(messages.c.type).where(messages.c.id == message_id)).one()
    rules = revisions(connection, {rule_id for rule_id, revision in asked if (rule_id, revision) not in kept})
    others = {one for rule in rules.values() for one in rule.when.rules}
    names = RuleNames((), last_names(connection, rule_revisions.c.rule_id.in_(others)) if others else {})
    hours = stored_calendars(connection)
    return tuple(kept[key] if key in kept else refusal_of(hours.named(names.named(rules[key])), kind) for key in asked)
