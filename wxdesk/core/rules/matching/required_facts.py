"""Facts of the past that the rules need, so that no others are looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from wxdesk.core.model.rule import ActionKind, Presence, Rule, Variant
from wxdesk.core.rules.matching.facts import RequiredHistory


def required_history(rules: Sequence[Rule], ids: Mapping[str, Sequence[int]]) -> RequiredHistory:
    """Return the facts that `rules` test; `ids` are those of the rules with a name."""
    conditions = [condition for rule in rules for condition in rule.when.both]
    named = [one.last_rule_within for one in conditions if one.last_rule_within is not None]
    return RequiredHistory(
        last_written_at=any(one.first_contact is not None or one.quiet_days is not None for one in conditions),
        message_no=max((one.message_no.decided_at for one in conditions if one.message_no is not None), default=0),
        fired=frozenset(rule.id for rule in rules if _counts_itself(rule)),
        said=frozenset(rule_id for one in named for rule_id in ids.get(one.rule, ())),
        said_within=timedelta(minutes=max((one.minutes for one in named), default=0)),
        lately=frozenset(rule.id for rule in rules if rule.cooldown.per_account_per_min),
    )


def named_events(rules: Iterable[Rule]) -> frozenset[str]:
    """Return the events that `rules` ask for, in lower case; others are WeChat's own."""
    return frozenset(name.casefold() for rule in rules for name in rule.when.event)


def presences(rules: Iterable[Rule]) -> tuple[Presence, ...]:
    """Return the presences to try for a message whose real one is not known any more."""
    asked = any(one.operator is not None for rule in rules for one in rule.when.both)
    return tuple(Presence) if asked else (Presence.PRESENT,)


def _counts_itself(rule: Rule) -> bool:
    limits = rule.cooldown
    # Whether a stored template takes turns is known to the store only.
    may_rotate = any(action.variant is Variant.ROTATE or action.kind is ActionKind.TEMPLATE for action in rule.then)
    return bool(limits.per_contact_s or limits.per_conversation) or may_rotate
