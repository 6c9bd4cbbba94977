"""Asks the rules what to do about a message, and keeps what each of them said.

Pure: a `Ruleset` is built once from the operator's list and answers any number of messages. The regex engine
is handed in, so that this module needs nothing but the standard library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import contains, eq
from types import MappingProxyType
from typing import Protocol

from wxdesk.core.errors import BadRule
from wxdesk.core.faults import find_fault
from wxdesk.core.model import Message, MessageType
from wxdesk.core.patterns import CompilePattern, Pattern
from wxdesk.core.rules import ActionKind, Condition, Rule, RuleVerdict, SessionFromTest, Verdict
from wxdesk.core.words import Normaliser


@dataclass(frozen=True, slots=True)
class Subject:
    """What the rules are asked about. `session_from` is None unless the contact entered by a button."""

    type: MessageType
    text: str = ""
    session_from: str | None = None

    @classmethod
    def of(cls, message: Message) -> Subject:
        """The part of a message that rules look at."""
        return cls(message.type, message.text, message.session_from)


@dataclass(frozen=True, slots=True)
class Matched:
    """A rule that speaks, with the named groups that its patterns found, in the contact's own spelling."""

    rule: Rule
    groups: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Matching:
    """The outcome of one walk down the list.

    `matched` has more than one rule only where an earlier one said continue. `verdicts` are those of every rule
    that was asked, in order; `rules_left` counts the enabled ones below that were not.
    """

    matched: tuple[Matched, ...] = ()
    verdicts: tuple[RuleVerdict, ...] = ()
    rules_left: int = 0

    @property
    def rule(self) -> Rule | None:
        """The rule that spoke: the last that answered, else the one that ended the walk; None if nothing did."""
        for one in reversed(self.matched):
            if answers(one.rule):
                return one.rule
        last = self.matched[-1].rule if self.matched else None
        return last if last and not last.continues else None


def answers(rule: Rule) -> bool:
    """Whether `rule` does more than tag, so that a default below it has nothing left to say."""
    return any(action.kind is not ActionKind.TAG for action in rule.then)


class Ruleset:
    """The operator's rules, ready to be asked.

    They are walked from top to bottom; the first that matches ends the walk unless it `continues`. Switched-off
    rules are left out. A default rule matches whatever no rule above it answered; rules that only tag do not
    count as an answer.

    Raises:
        BadRule: a switched-on rule has a fault (see `core.faults`).
    """

    def __init__(self, rules: Sequence[Rule], compile_pattern: CompilePattern, normaliser: Normaliser) -> None:
        self._normaliser = normaliser
        self._rules = tuple(_compiled(rule, compile_pattern, normaliser) for rule in rules if rule.enabled)

    def __len__(self) -> int:
        return len(self._rules)

    def decide(self, subject: Subject) -> Matching:
        """Ask the rules about `subject`."""
        cased = self._normaliser.cased(subject.text)
        facts = _Facts(subject, cased, self._normaliser(subject.text))
        matched: list[Matched] = []
        verdicts: list[RuleVerdict] = []
        for ready in self._rules:
            said = ready.ask(facts)
            verdicts.append(said)
            if not said.matched:
                continue
            matched.append(Matched(ready.rule, MappingProxyType(dict(facts.groups))))
            facts.answered = facts.answered or answers(ready.rule)
            if not ready.rule.continues:
                break
        return Matching(tuple(matched), tuple(verdicts), len(self._rules) - len(verdicts))


@dataclass(slots=True)
class _Facts:
    """What is known about one message during one walk; `groups` are those of the rule being asked."""

    subject: Subject
    cased: str
    folded: str
    answered: bool = False
    groups: dict[str, str] = field(default_factory=dict)


class _Test(Protocol):
    """One condition of one rule. `refusal` is its verdict when it fails and found nothing."""

    @property
    def refusal(self) -> Verdict: ...

    def ask(self, facts: _Facts) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class _ReadyRule:
    """A rule with its tests in the order in which they are asked, `on` before all others."""

    rule: Rule
    tests: tuple[_Test, ...]
    on: Mapping[MessageType, Verdict]
    refusals: dict[MessageType, RuleVerdict] = field(default_factory=dict)

    def ask(self, facts: _Facts) -> RuleVerdict:
        """The tests' verdicts up to the first that failed."""
        facts.groups.clear()
        kind = facts.subject.type
        verdicts = [self.on[kind]]
        if not verdicts[0].ok:
            return self._refusal(kind, verdicts)
        for test in self.tests:
            verdict = test.ask(facts)
            verdicts.append(verdict)
            if not verdict.ok:
                # Nearly every rule fails at its first test with nothing found: one record serves all messages.
                always = len(verdicts) == 2 and verdict is test.refusal
                return self._refusal(kind, verdicts) if always else self._said(verdicts)
        return self._said(verdicts)

    def _refusal(self, kind: MessageType, verdicts: list[Verdict]) -> RuleVerdict:
        known = self.refusals.get(kind)
        if known is None:
            known = self.refusals[kind] = self._said(verdicts)
        return known

    def _said(self, verdicts: list[Verdict]) -> RuleVerdict:
        rule = self.rule
        return RuleVerdict(rule.id, rule.name, rule.revision, verdicts[-1].ok, tuple(verdicts))


@dataclass(frozen=True, slots=True)
class _DefaultTest:
    """Holds where no rule above has answered."""

    refusal = Verdict("default", ok=False)

    def ask(self, facts: _Facts) -> Verdict:
        return self.refusal if facts.answered else Verdict("default", ok=True)


@dataclass(frozen=True, slots=True)
class _WordsTest:
    """exact, prefix, any or none: looks for the first of its words; `words` pairs each with its compared form."""

    words: tuple[tuple[str, str], ...]
    occurs: Callable[[str, str], bool]
    refusal: Verdict
    wanted: bool = True

    def ask(self, facts: _Facts) -> Verdict:
        folded, occurs = facts.folded, self.occurs
        found = next((written for written, word in self.words if occurs(folded, word)), "")
        ok = bool(found) is self.wanted
        if not ok and not found:
            return self.refusal
        return Verdict(self.refusal.condition, ok, self.refusal.words, found)


@dataclass(frozen=True, slots=True)
class _AllTest:
    """Every word occurs. `found` names those that do, so that a failure shows which one was missing."""

    words: tuple[tuple[str, str], ...]
    refusal: Verdict

    def ask(self, facts: _Facts) -> Verdict:
        found = [written for written, word in self.words if word in facts.folded]
        if not found:
            return self.refusal
        return Verdict("all", len(found) == len(self.words), self.refusal.words, " ".join(found))


@dataclass(frozen=True, slots=True)
class _RegexTest:
    """The pattern is found in the normalised text, whose letter case is kept."""

    pattern: Pattern
    refusal: Verdict

    def ask(self, facts: _Facts) -> Verdict:
        found = self.pattern.search(facts.cased)
        if found is None:
            return self.refusal
        facts.groups.update(found.groups)
        return Verdict("regex", ok=True, words=self.refusal.words, found=found.text)


@dataclass(frozen=True, slots=True)
class _SessionFromTest:
    """The value of the button that the contact came by. It is written by a program, so it is compared as it is."""

    test: SessionFromTest
    pattern: Pattern | None
    refusal: Verdict

    def ask(self, facts: _Facts) -> Verdict:
        value = facts.subject.session_from
        found = None if value is None else self._found(value, facts.groups)
        if found is None:
            return self.refusal
        return Verdict("session_from", ok=True, words=self.refusal.words, found=found)

    def _found(self, value: str, groups: dict[str, str]) -> str | None:
        if self.pattern is not None:
            match = self.pattern.search(value)
            groups.update(match.groups if match else {})
            return match.text if match else None
        if self.test.prefix is not None:
            return self.test.prefix if value.startswith(self.test.prefix) else None
        return value if value == self.test.equals else None


def _compiled(rule: Rule, compile_pattern: CompilePattern, normaliser: Normaliser) -> _ReadyRule:
    fault = find_fault(rule, compile_pattern)
    if fault is not None:
        raise BadRule(rule.name, fault.reason)
    names = tuple(sorted(kind.value for kind in rule.on))
    on = {kind: Verdict("on", kind in rule.on, names, kind.value if kind in rule.on else "") for kind in MessageType}
    tests = (_DefaultTest(),) if rule.default else tuple(_tests(rule.when, compile_pattern, normaliser))
    return _ReadyRule(rule, tests, on)


def _tests(when: Condition, compile_pattern: CompilePattern, normaliser: Normaliser) -> Iterator[_Test]:
    if when.session_from is not None:
        test = when.session_from
        sought = (test.equals or test.prefix or test.regex or "",)
        pattern = None if test.regex is None else compile_pattern(test.regex)
        yield _SessionFromTest(test, pattern, Verdict("session_from", ok=False, words=sought))
    for condition, occurs in (("exact", eq), ("prefix", str.startswith), ("any", contains)):
        words = getattr(when, condition)
        if words:
            yield _WordsTest(_pairs(words, normaliser), occurs, Verdict(condition, ok=False, words=words))
    if when.all:
        yield _AllTest(_pairs(when.all, normaliser), Verdict("all", ok=False, words=when.all))
    if when.none:
        yield _WordsTest(
            _pairs(when.none, normaliser), contains, Verdict("none", ok=False, words=when.none), wanted=False
        )
    if when.regex is not None:
        yield _RegexTest(compile_pattern(when.regex), Verdict("regex", ok=False, words=(when.regex,)))


def _pairs(words: Sequence[str], normaliser: Normaliser) -> tuple[tuple[str, str], ...]:
    return tuple((word, normaliser(word)) for word in words)
