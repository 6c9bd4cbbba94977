"""Conditions of a rule as executable tests, with their verdicts.

A test's `refusal` is its verdict when it fails having found nothing; it is one record for all messages. Its
`clue` tells what a message must contain before asking is worth while, for the index in
`core.rules.matching.candidates`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum, auto
from operator import contains, eq
from typing import Protocol

from wxdesk.core.model.rule import Condition, Cooldown, Rule, SessionFromTest, Verdict
from wxdesk.core.normalise import Normaliser
from wxdesk.core.rules.business_hours import Schedule
from wxdesk.core.rules.matching.facts import ContactHistory, MatchInput
from wxdesk.core.rules.patterns import CompilePattern, Pattern
from wxdesk.core.wechat.session_from import fields_of


class CluePlace(Enum):
    """Place in a message where the words of a clue must stand."""

    INSIDE = auto()
    WHOLE = auto()
    START = auto()
    END = auto()
    PATTERN = auto()
    BUTTON_WHOLE = auto()
    BUTTON_START = auto()
    BUTTON = auto()
    """Anywhere: it is enough that the contact came by a button."""


@dataclass(frozen=True, slots=True)
class Clue:
    """Requirement on a message: one of `words`, in compared form, stands at `place`."""

    place: CluePlace
    words: tuple[str, ...] = ()


@dataclass(slots=True)
class MatchState:
    """State of one walk for a message; `groups` are those of the rule being asked."""

    subject: MatchInput
    cased: str
    folded: str
    answered: bool = False
    groups: dict[str, str] = field(default_factory=dict)


class ConditionTest(Protocol):
    """One condition of one rule."""

    @property
    def refusal(self) -> Verdict:
        """The verdict when it fails and found nothing."""
        ...

    @property
    def clue(self) -> Clue | None:
        """Without it in a message the test certainly gives its refusal; None: uncertain."""
        ...

    def ask(self, facts: MatchState) -> Verdict:
        """Return its verdict."""
        ...


@dataclass(frozen=True, slots=True)
class References:
    """Things that conditions refer to by name: calendars, and ids of rules."""

    calendars: Mapping[str, Schedule]
    rule_ids: Mapping[str, tuple[int, ...]]


def tests_of(
    rule: Rule, compile_pattern: CompilePattern, normaliser: Normaliser, around: References
) -> tuple[ConditionTest, ...]:
    """Return the tests of a rule without fault in order: those on the message first."""
    tests: list[ConditionTest] = [_DefaultTest()] if rule.default else []
    tests += _word_tests(rule.when, compile_pattern, normaliser)
    if rule.when.unless is not None:
        unless = rule.when.unless
        inner = [*_word_tests(unless, compile_pattern, normaliser), *_state_tests(unless, normaliser, around)]
        tests += [_UnlessTest(test, replace(test.refusal, condition=f"not.{test.refusal.condition}")) for test in inner]
    tests += _state_tests(rule.when, normaliser, around)
    if rule.cooldown != Cooldown():
        tests.append(_CooldownTest(rule.id, rule.cooldown, _cooldown_refusal(rule.cooldown)))
    return tuple(tests)


def _word_tests(when: Condition, compile_pattern: CompilePattern, normaliser: Normaliser) -> Iterator[ConditionTest]:
    if when.session_from is not None:
        yield _session_from_test(when.session_from, compile_pattern)
    if when.event:
        yield _EventTest(frozenset(map(str.casefold, when.event)), Verdict("event", ok=False, words=when.event))
    for condition, occurs, place in _WORDS:
        words = getattr(when, condition)
        if words:
            pairs = _pairs(words, normaliser)
            clue = Clue(place, tuple(word for _, word in pairs))
            yield _WordsTest(pairs, occurs, Verdict(condition, ok=False, words=words), clue)
    if when.all:
        pairs = _pairs(when.all, normaliser)
        clue = Clue(CluePlace.INSIDE, tuple(word for _, word in pairs))
        yield _AllTest(pairs, Verdict("all", ok=False, words=when.all), clue)
    if when.none:
        refusal = Verdict("none", ok=False, words=when.none)
        yield _WordsTest(_pairs(when.none, normaliser), contains, refusal, None, wanted=False)
    if when.regex is not None:
        refusal = Verdict("regex", ok=False, words=(when.regex,))
        yield _RegexTest(compile_pattern(when.regex), refusal, Clue(CluePlace.PATTERN, (when.regex,)))


_WORDS: tuple[tuple[str, Callable[[str, str], bool], CluePlace], ...] = (
    ("exact", eq, CluePlace.WHOLE),
    ("prefix", str.startswith, CluePlace.START),
    ("suffix", str.endswith, CluePlace.END),
    ("any", contains, CluePlace.INSIDE),
)


def _state_tests(when: Condition, normaliser: Normaliser, around: References) -> Iterator[ConditionTest]:
    if when.hours is not None:
        hours = when.hours
        schedule, words = around.calendars[hours.calendar], ("inside" if hours.inside else "outside", hours.calendar)
        refusal = Verdict("hours", ok=False, words=words)
        yield _StateTest(lambda s: schedule.in_zone(s.zone).is_open(s.at) is hours.inside, refusal)
    if when.operator is not None:
        wanted = when.operator
        yield _StateTest(lambda s: s.operator is wanted, Verdict("operator", ok=False, words=(wanted.value,)))
    if when.tags is not None:
        if when.tags.any:
            refusal = Verdict("tags.any", ok=False, words=when.tags.any)
            yield _TagsTest(_pairs(when.tags.any, normaliser), normaliser, refusal)
        if when.tags.none:
            refusal = Verdict("tags.none", ok=False, words=when.tags.none)
            yield _TagsTest(_pairs(when.tags.none, normaliser), normaliser, refusal, wanted=False)
    yield from _history_tests(when, around)


def _history_tests(when: Condition, around: References) -> Iterator[ConditionTest]:
    if when.first_contact is not None:
        wanted = when.first_contact
        refusal = Verdict("first_contact", ok=False, words=(_truth(wanted),))
        yield _StateTest(lambda s: (s.history.last_written_at is None) is wanted, refusal)
    if when.quiet_days is not None:
        quiet = timedelta(days=when.quiet_days)
        refusal = Verdict("quiet_days", ok=False, words=(str(when.quiet_days),))
        yield _StateTest(lambda s: _quiet_for(s, quiet), refusal)
    if when.message_no is not None:
        bounds = when.message_no
        words = (str(bounds.min), "" if bounds.max is None else str(bounds.max))
        yield _StateTest(lambda s: s.history.message_no in bounds, Verdict("message_no", ok=False, words=words))
    if when.last_rule_within is not None:
        last = when.last_rule_within
        ids, span = around.rule_ids.get(last.rule, ()), timedelta(minutes=last.minutes)
        refusal = Verdict("last_rule_within", ok=False, words=(last.rule, str(last.minutes)))
        yield _StateTest(lambda s: _said_within(s, ids, span), refusal)


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _quiet_for(subject: MatchInput, span: timedelta) -> bool:
    last = subject.history.last_written_at
    return last is not None and subject.at - last >= span


def _said_within(subject: MatchInput, ids: Sequence[int], span: timedelta) -> bool:
    said = subject.history.said
    return any(subject.at - said[rule_id] <= span for rule_id in ids if rule_id in said)


def _pairs(words: Sequence[str], normaliser: Normaliser) -> tuple[tuple[str, str], ...]:
    return tuple((word, normaliser(word)) for word in words)


@dataclass(frozen=True, slots=True)
class _DefaultTest:
    """Holds where no rule above has answered."""

    refusal = Verdict("default", ok=False)
    consent = Verdict("default", ok=True)
    clue = None

    def ask(self, facts: MatchState) -> Verdict:
        return self.refusal if facts.answered else self.consent


@dataclass(frozen=True, slots=True)
class _WordsTest:
    """Test of exact, prefix, suffix, any, none; `words` pairs it with compared form."""

    words: tuple[tuple[str, str], ...]
    occurs: Callable[[str, str], bool]
    refusal: Verdict
    clue: Clue | None
    wanted: bool = True

    def ask(self, facts: MatchState) -> Verdict:
        folded, occurs = facts.folded, self.occurs
        found = next((written for written, word in self.words if occurs(folded, word)), "")
        ok = bool(found) is self.wanted
        if not ok and not found:
            return self.refusal
        return Verdict(self.refusal.condition, ok, self.refusal.words, found)


@dataclass(frozen=True, slots=True)
class _AllTest:
    """Test that every word occurs; `found` names those that do, also on failure."""

    words: tuple[tuple[str, str], ...]
    refusal: Verdict
    clue: Clue

    def ask(self, facts: MatchState) -> Verdict:
        found = [written for written, word in self.words if word in facts.folded]
        if not found:
            return self.refusal
        return Verdict("all", len(found) == len(self.words), self.refusal.words, " ".join(found))


@dataclass(frozen=True, slots=True)
class _RegexTest:
    """Test that the pattern is found in the normalised text, letter case kept."""

    pattern: Pattern
    refusal: Verdict
    clue: Clue

    def ask(self, facts: MatchState) -> Verdict:
        found = self.pattern.search(facts.cased)
        if found is None:
            return self.refusal
        facts.groups.update(found.groups)
        return Verdict("regex", ok=True, words=self.refusal.words, found=found.text)


def _session_from_test(test: SessionFromTest, compile_pattern: CompilePattern) -> ConditionTest:
    sought = test.equals or test.prefix or test.regex
    words = (*((sought,) if sought else ()), *(f"{one.name}={'|'.join(one.values)}" for one in test.fields))
    pattern = None if test.regex is None else compile_pattern(test.regex)
    if test.equals is not None:
        clue = Clue(CluePlace.BUTTON_WHOLE, (test.equals,))
    else:
        clue = Clue(CluePlace.BUTTON) if test.prefix is None else Clue(CluePlace.BUTTON_START, (test.prefix,))
    return _SessionFromTest(test, pattern, Verdict("session_from", ok=False, words=words or ("",)), clue)


@dataclass(frozen=True, slots=True)
class _SessionFromTest:
    """Test of the button's value, compared as it is: a program wrote it."""

    test: SessionFromTest
    pattern: Pattern | None
    refusal: Verdict
    clue: Clue

    def ask(self, facts: MatchState) -> Verdict:
        value = facts.subject.session_from
        found = None if value is None else self._found(value, facts.groups)
        if value is None or found is None or not self._fields_hold(value):
            return self.refusal
        return Verdict("session_from", ok=True, words=self.refusal.words, found=found)

    def _found(self, value: str, groups: dict[str, str]) -> str | None:
        if self.pattern is not None:
            match = self.pattern.search(value)
            groups.update(match.groups if match else {})
            return match.text if match else None
        if self.test.prefix is not None:
            return self.test.prefix if value.startswith(self.test.prefix) else None
        return value if self.test.equals in (value, None) else None

    def _fields_hold(self, value: str) -> bool:
        if not self.test.fields:
            return True
        fields = fields_of(value)
        return all(fields.get(one.name) in one.values for one in self.test.fields)


@dataclass(frozen=True, slots=True)
class _EventTest:
    """Test of the event's name, ignoring letter case: WeChat is not strict about it."""

    names: frozenset[str]
    refusal: Verdict
    clue = None

    def ask(self, facts: MatchState) -> Verdict:
        event = facts.subject.event
        if event is None or event.casefold() not in self.names:
            return self.refusal
        return Verdict("event", ok=True, words=self.refusal.words, found=event)


@dataclass(frozen=True, slots=True)
class _StateTest:
    """A condition about the surroundings of the message: it holds or it does not."""

    holds: Callable[[MatchInput], bool]
    refusal: Verdict
    clue = None

    def ask(self, facts: MatchState) -> Verdict:
        refusal = self.refusal
        return Verdict(refusal.condition, ok=True, words=refusal.words) if self.holds(facts.subject) else refusal


@dataclass(frozen=True, slots=True)
class _TagsTest:
    """The first of its tags that the contact carries, wanted or not."""

    tags: tuple[tuple[str, str], ...]
    normaliser: Normaliser
    refusal: Verdict
    wanted: bool = True
    clue = None

    def ask(self, facts: MatchState) -> Verdict:
        carried = frozenset(map(self.normaliser, facts.subject.tags))
        found = next((written for written, tag in self.tags if tag in carried), "")
        ok = bool(found) is self.wanted
        return self.refusal if not ok and not found else Verdict(self.refusal.condition, ok, self.refusal.words, found)


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
