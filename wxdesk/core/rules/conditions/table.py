"""Table of the kinds of condition, and what all conditions of a rule come to.

A new condition needs its field in `Condition` and an entry in the table of each layer: here (in `message` or
`surroundings`), in the rules file (`desk.rules.file.conditions`), in the window's words
(`ui.wording.conditions`) and in the editor (`ui.rules.editor.conditions.table`).
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from wxdesk.core.model.rule import ActionKind, Condition, Cooldown, Presence, Rule, Variant, Verdict
from wxdesk.core.normalise import Normaliser
from wxdesk.core.rules.conditions.claims import AllWords, AnyWord, Claim, WordPosition, holds_always, literal_words
from wxdesk.core.rules.conditions.facts import ContactHistory, MatchInput, RequiredHistory
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


def given(when: Condition) -> Iterator[tuple[ConditionKind[Any], Any]]:
    """Yield each condition that is set, with its kind; not what `unless` holds."""
    for kind in KINDS:
        value = getattr(when, kind.name)
        if value is not None and value != ():
            yield kind, value


def tests_of(rule: Rule, tools: TestTools) -> tuple[ConditionTest, ...]:
    """Return the tests of a rule without fault in order: those on the message first."""
    tests: list[ConditionTest] = [_DefaultTest()] if rule.default else []
    tests += _tests(rule.when, tools, Stage.BUTTON, Stage.TEXT)
    if rule.when.unless is not None:
        inner = _tests(rule.when.unless, tools, *Stage)
        tests += [_UnlessTest(test, replace(test.refusal, condition=f"not.{test.refusal.condition}")) for test in inner]
    tests += _tests(rule.when, tools, Stage.SURROUNDINGS)
    if rule.cooldown != Cooldown():
        tests.append(_CooldownTest(rule.id, rule.cooldown, _cooldown_refusal(rule.cooldown)))
    return tuple(tests)


def _tests(when: Condition, tools: TestTools, *stages: Stage) -> Iterator[ConditionTest]:
    values = list(given(when))
    for stage in stages:
        yield from (test for kind, value in values if kind.stage is stage for test in kind.tests(value, tools))


def faults_of(when: Condition, rule: Rule, calendars: Container[str] | None) -> Iterator[FaultInside]:
    """Yield the faults of a condition of `rule`, but those of its patterns."""
    context = FaultContext(rule, when, calendars)
    for kind, value in given(when):
        yield from (((kind.name, *where), reason) for where, reason in kind.faults(value, context))


def patterns_of(when: Condition) -> Iterator[FaultInside]:
    """Yield the patterns of `when` with their paths."""
    for kind, value in given(when):
        yield from (((kind.name, *where), source) for where, source in kind.patterns(value))


def claims_of(when: Condition, normaliser: Normaliser) -> tuple[Claim, ...]:
    """Return the claims that together are equivalent to `when`."""
    claims = list(_claims(when, normaliser))
    literal = literal_words(when.regex)
    if literal:  # the other way round it is not certain: only the beginning of a long text is searched for patterns
        claims.append(Claim(AnyWord(WordPosition.INSIDE, literal)))
    if when.unless is not None:
        claims += [replace(claim, holds=not claim.holds) for claim in _claims(when.unless, normaliser)]
    return tuple(one for claim in claims for one in _taken_apart(claim))


def demands_of(rule: Rule, normaliser: Normaliser, everywhere: Collection[str]) -> tuple[Claim, ...]:
    """Return the claims of `rule` that do not always hold for its kinds of message."""
    claims = claims_of(rule.when, normaliser)
    return tuple(one for one in claims if not (one.holds and holds_always(one.test, rule.on, everywhere)))


def _claims(when: Condition, normaliser: Normaliser) -> Iterator[Claim]:
    return (claim for kind, value in given(when) for claim in kind.claims(value, normaliser))


def _taken_apart(claim: Claim) -> Iterator[Claim]:
    if claim.holds and isinstance(claim.test, AllWords):
        yield from (Claim(AnyWord(WordPosition.INSIDE, (word,))) for word in claim.test.words)
    else:
        yield claim


def required_history(rules: Sequence[Rule], names: RuleNames) -> RequiredHistory:
    """Return the facts that `rules` test; `names` are those of all rules."""
    values = [one for rule in rules for when in rule.when.both for one in given(when)]
    asked = [needed for kind, value in values if (needed := kind.required(value, names)) is not None]
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


@dataclass(frozen=True, slots=True)
class _DefaultTest:
    """Holds where no rule above has answered."""

    refusal = Verdict("default", ok=False)
    consent = Verdict("default", ok=True)
    clue = None

    def ask(self, facts: MatchState) -> Verdict:
        return self.refusal if facts.answered else self.consent


@dataclass(frozen=True, slots=True)
class _UnlessTest:
    """Holds where another test does not. Its groups are nobody's."""

    test: ConditionTest
    refusal: Verdict
    clue = None

    def ask(self, facts: MatchState) -> Verdict:
        said = self.test.ask(replace(facts, groups={}))
        if said.ok and not said.found:
            return self.refusal
        return replace(self.refusal, ok=not said.ok, found=said.found if said.ok else "")


@dataclass(frozen=True, slots=True)
class _CooldownTest:
    """Test of the cool-down; on failure `found` names the limit that was reached."""

    rule_id: int
    limits: Cooldown
    refusal: Verdict
    clue = None

    def ask(self, facts: MatchState) -> Verdict:
        reached = self._reached(facts.subject.history, facts.subject)
        return Verdict("cooldown", not reached, self.refusal.words, reached)

    def _reached(self, history: ContactHistory, subject: MatchInput) -> str:
        fired, limits = history.fired.get(self.rule_id), self.limits
        if fired is not None:
            if 0 < limits.per_conversation <= fired.times:
                return "per_conversation"
            if subject.at - fired.at < timedelta(seconds=limits.per_contact_s):
                return "per_contact_s"
        lately = history.lately.get(self.rule_id, 0)
        return "per_account_per_min" if 0 < limits.per_account_per_min <= lately else ""


def _cooldown_refusal(limits: Cooldown) -> Verdict:
    words = (str(limits.per_contact_s), str(limits.per_conversation), str(limits.per_account_per_min))
    return Verdict("cooldown", ok=False, words=words)
