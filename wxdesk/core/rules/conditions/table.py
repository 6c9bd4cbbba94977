"""Table of the kinds of condition, and what all conditions of a rule come to.

A new condition needs its field in `Condition` and an entry in the table of each layer: here (in `message` or
`surroundings`), in the rules file (`desk.rules.file.rule`), in the window's words
(`ui.wording.conditions`) and in the editor (`ui.rules.editor.conditions.table`).
"""

from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from datetime import timedelta
from operator import attrgetter
from typing import Any

from msgspec.structs import replace

from wxdesk.core.model.decision import Verdict
from wxdesk.core.model.rule import ActionKind, Condition, Cooldown, Presence, Reference, Rule, TagsTest, Variant
from wxdesk.core.normalise import Normaliser
from wxdesk.core.rules.conditions.demands import AllWords, AnyWord, Demand, WordPosition, holds_always, literal_words
from wxdesk.core.rules.conditions.facts import RequiredHistory
from wxdesk.core.rules.conditions.kind import (
    ConditionKind,
    ConditionTest,
    FaultContext,
    FaultInside,
    MatchState,
    Stage,
    TestTools,
)
from wxdesk.core.rules.conditions.message import MESSAGE_KINDS
from wxdesk.core.rules.conditions.surroundings import SURROUNDING_KINDS
from wxdesk.core.rules.rule_names import RuleNames

KINDS: tuple[ConditionKind[Any], ...] = (*MESSAGE_KINDS, *SURROUNDING_KINDS)
"""All kinds, in the order of their faults; they are asked by `stage`."""

_GETTERS = tuple((kind, kind.get or attrgetter(kind.name)) for kind in KINDS)


def given(when: Condition) -> Iterator[tuple[ConditionKind[Any], Any]]:
    """Yield each condition that is set, with its kind; not what `unless` holds."""
    for kind, get in _GETTERS:
        value = get(when)
        if value is not None and value != ():
            yield kind, value


def tests_of(rule: Rule, tools: TestTools) -> tuple[ConditionTest, ...]:
    """Return the tests of a rule without fault in order: those on the message first."""
    tests = ((kind.test(value, tools), holds) for kind, value, holds in _in_order(rule.when))
    return (
        *([_DEFAULT] if rule.default else ()),
        *(test if holds else _unless(test) for test, holds in tests),
        *([_cooldown(rule.id, rule.cooldown)] if rule.cooldown != Cooldown() else ()),
    )


def first_refusal(rule: Rule) -> Verdict:
    """Return the verdict of a rule's first test when that finds nothing.

    What the rule refers to is named already.
    """
    if rule.default:
        return _DEFAULT.refusal
    kind, value, holds = _in_order(rule.when)[0]
    return kind.refusal(value) if holds else _denied(kind.refusal(value))


def _in_order(when: Condition) -> list[tuple[ConditionKind[Any], Any, bool]]:
    """Return the conditions in the order of asking; False: it must not hold."""
    found = [(kind, value, True) for kind, value in given(when)]
    found += [(kind, value, False) for kind, value in (given(when.unless) if when.unless else ())]
    return sorted(found, key=lambda one: (one[2] and one[0].stage is Stage.SURROUNDINGS, not one[2], one[0].stage))


def faults_of(when: Condition, rule: Rule, calendars: Container[Reference] | None) -> Iterator[FaultInside]:
    """Yield the faults of a condition of `rule`, but those of its patterns."""
    context = FaultContext(rule, when, calendars)
    for kind, value in given(when):
        for where, reason in kind.faults(value, context):
            yield FaultInside((*kind.name.split("."), *where), reason)
    if when.tags == TagsTest():
        yield FaultInside(("tags",), "tags takes “any”, “none” or both.")


def patterns_of(when: Condition) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the patterns of `when` with their paths."""
    for kind, value in given(when):
        yield from (((kind.name, *where), source) for where, source in kind.patterns(value).items())


def demands_of(rule: Rule, normaliser: Normaliser, everywhere: Collection[str]) -> tuple[Demand, ...]:
    """Return the demands of `rule` that do not always hold for its kinds of message."""
    when = rule.when
    demands = list(_demands(when, normaliser))
    literal = literal_words(when.regex)
    if literal:  # the other way round it is not certain: only the beginning of a long text is searched for patterns
        demands.append(Demand(AnyWord(WordPosition.INSIDE, literal)))
    if when.unless is not None:
        demands += [replace(demand, holds=not demand.holds) for demand in _demands(when.unless, normaliser)]
    apart = (one for demand in demands for one in _taken_apart(demand))
    return tuple(one for one in apart if not (one.holds and holds_always(one.test, rule.on, everywhere)))


def _demands(when: Condition, normaliser: Normaliser) -> Iterator[Demand]:
    return (demand for kind, value in given(when) for demand in kind.demands(value, normaliser))


def _taken_apart(demand: Demand) -> Iterator[Demand]:
    if demand.holds and isinstance(demand.test, AllWords):
        yield from (Demand(AnyWord(WordPosition.INSIDE, (word,))) for word in demand.test.words)
    else:
        yield demand


def required_history(rules: Sequence[Rule], names: RuleNames) -> RequiredHistory:
    """Return the facts that `rules` test; `names` are those of all rules."""
    values = [one for rule in rules for when in rule.when.both for one in given(when)]
    asked = [kind.required(value, names) for kind, value in values if kind.required]
    return RequiredHistory(
        last_written_at=any(one.last_written_at for one in asked),
        message_no=max((one.message_no for one in asked), default=0),
        fired=frozenset(rule.id for rule in rules if _counts_itself(rule)),
        said=frozenset(rule_id for one in asked for rule_id in one.said),
        said_within=max((one.said_within for one in asked), default=timedelta()),
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


def _unless(test: ConditionTest) -> ConditionTest:
    """Return a test that holds where another one does not, and drops its groups."""

    def find(state: MatchState) -> tuple[bool, str]:
        ok, found = test.find(replace(state, groups={}))
        return not ok, found if ok else ""

    return ConditionTest(_denied(test.refusal), find)


def _denied(refusal: Verdict) -> Verdict:
    return replace(refusal, condition=f"not.{refusal.condition}")


def _cooldown(rule_id: int, limits: Cooldown) -> ConditionTest:
    """Return the test of the cool-down; it finds the limit that was reached."""

    def find(state: MatchState) -> tuple[bool, str]:
        history, at = state.subject.history, state.subject.at
        fired, reached = history.fired.get(rule_id), ""
        if fired is not None and 0 < limits.per_conversation <= fired.times:
            reached = "per_conversation"
        elif fired is not None and at - fired.at < timedelta(seconds=limits.per_contact_s):
            reached = "per_contact_s"
        elif 0 < limits.per_account_per_min <= history.lately.get(rule_id, 0):
            reached = "per_account_per_min"
        return not reached, reached

    words = (str(limits.per_contact_s), str(limits.per_conversation), str(limits.per_account_per_min))
    return ConditionTest(Verdict("cooldown", ok=False, words=words), find)


_DEFAULT = ConditionTest(Verdict("default", ok=False), lambda state: (not state.answered, ""))
"""Holds where no rule above has answered."""
