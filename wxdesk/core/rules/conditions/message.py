"""Conditions on the message itself: words, a pattern, the button, the event."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import contains

from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import SessionFromTest, Verdict
from wxdesk.core.normalise import Normaliser, as_displayed, is_visible
from wxdesk.core.rules.conditions.claims import OCCURS, AllWords, AnyName, AnyWord, Claim, Fact, WordPosition
from wxdesk.core.rules.conditions.kind import (
    Clue,
    CluePlace,
    ConditionKind,
    ConditionTest,
    FaultContext,
    FaultInside,
    MatchState,
    Stage,
    TestTools,
    pairs_of,
)
from wxdesk.core.rules.patterns import Pattern
from wxdesk.core.wechat.session_from import fields_of

MAX_WORD = 200
"""Most characters of one word; customers' texts are hardly longer."""


@dataclass(frozen=True, slots=True)
class _AnyWordTest:
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
class _AllWordsTest:
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
class _PatternTest:
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


@dataclass(frozen=True, slots=True)
class _ButtonTest:
    """Test of the button's value, compared as it is: a program wrote it."""

    test: SessionFromTest
    pattern: Pattern | None
    refusal: Verdict
    clue = Clue(CluePlace.BUTTON)

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


class _Words(ConditionKind[tuple[str, ...]]):
    """Words that are looked for in the text."""

    stage = Stage.TEXT

    def words(self, value: tuple[str, ...]) -> tuple[str, ...]:
        return value

    def faults(self, value: tuple[str, ...], context: FaultContext) -> Iterator[FaultInside]:
        for index, word in enumerate(value):
            if not as_displayed(word):
                yield (index,), "An empty word would be found in every text."
            if len(word) > MAX_WORD:
                yield (index,), "This word is longer than 200 characters."


class _AnyWord(_Words):
    """Words of which one has to stand in a position in the text."""

    def __init__(self, position: WordPosition, place: CluePlace) -> None:
        super().__init__(position.value)
        self._position, self._place = position, place

    def tests(self, value: tuple[str, ...], tools: TestTools) -> Iterator[ConditionTest]:
        pairs = pairs_of(value, tools.normaliser)
        yield _AnyWordTest(pairs, OCCURS[self._position], self.refusal(value), _clue(self._place, pairs))

    def claims(self, value: tuple[str, ...], normaliser: Normaliser) -> Iterator[Claim]:
        yield Claim(AnyWord(self._position, tuple(map(normaliser, value))))


class _AllWords(_Words):
    """Words that all have to stand in the text."""

    def tests(self, value: tuple[str, ...], tools: TestTools) -> Iterator[ConditionTest]:
        pairs = pairs_of(value, tools.normaliser)
        yield _AllWordsTest(pairs, self.refusal(value), _clue(CluePlace.INSIDE, pairs))

    def claims(self, value: tuple[str, ...], normaliser: Normaliser) -> Iterator[Claim]:
        yield Claim(AllWords(tuple(map(normaliser, value))))


class _NoWord(_Words):
    """Words of which none may stand in the text."""

    def tests(self, value: tuple[str, ...], tools: TestTools) -> Iterator[ConditionTest]:
        yield _AnyWordTest(pairs_of(value, tools.normaliser), contains, self.refusal(value), None, wanted=False)

    def claims(self, value: tuple[str, ...], normaliser: Normaliser) -> Iterator[Claim]:
        yield Claim(AnyWord(WordPosition.INSIDE, tuple(map(normaliser, value))), holds=False)


def _clue(place: CluePlace, pairs: tuple[tuple[str, str], ...]) -> Clue:
    return Clue(place, tuple(word for _, word in pairs))


class _Regex(ConditionKind[str]):
    """A pattern that has to be found in the text."""

    stage = Stage.TEXT

    def tests(self, value: str, tools: TestTools) -> Iterator[ConditionTest]:
        yield _PatternTest(tools.compile_pattern(value), self.refusal(value), Clue(CluePlace.PATTERN, (value,)))

    def claims(self, value: str, normaliser: Normaliser) -> Iterator[Claim]:
        yield Claim(Fact("regex", value))

    def patterns(self, value: str) -> Iterator[FaultInside]:
        yield (), value


class _SessionFrom(ConditionKind[SessionFromTest]):
    """The value of the button by which the contact entered."""

    stage = Stage.BUTTON

    def words(self, value: SessionFromTest) -> tuple[str, ...]:
        sought = value.equals or value.prefix or value.regex
        fields = (f"{one.name}={'|'.join(one.values)}" for one in value.fields)
        return (*((sought,) if sought else ()), *fields) or ("",)

    def tests(self, value: SessionFromTest, tools: TestTools) -> Iterator[ConditionTest]:
        pattern = None if value.regex is None else tools.compile_pattern(value.regex)
        yield _ButtonTest(value, pattern, self.refusal(value))

    def claims(self, value: SessionFromTest, normaliser: Normaliser) -> Iterator[Claim]:
        yield Claim(Fact("session_from", value))

    def faults(self, value: SessionFromTest, context: FaultContext) -> Iterator[FaultInside]:
        tests = sum(test is not None for test in (value.equals, value.prefix, value.regex))
        if tests > 1:
            yield (), "session_from takes one of equals, prefix and regex, not several."
        if not (tests or value.fields):
            yield (), "session_from takes one of equals, prefix and regex, or fields, or both."
        if "" in (value.prefix, value.regex):
            yield (), "An empty test of session_from would match every entry. Leave it out if that is meant."
        for field in value.fields:
            if not field.name or not field.values:
                yield ("fields", field.name), "A field needs a name and at least one value."
        if MessageType.ENTER_SESSION not in context.rule.on:
            yield (), "session_from is known only when a contact enters: add “enter_session” to “on”."

    def patterns(self, value: SessionFromTest) -> Iterator[FaultInside]:
        if value.regex is not None:
            yield ("regex",), value.regex


class _Event(ConditionKind[tuple[str, ...]]):
    """WeChat's names of events, one of which the message has to be."""

    stage = Stage.BUTTON

    def words(self, value: tuple[str, ...]) -> tuple[str, ...]:
        return value

    def tests(self, value: tuple[str, ...], tools: TestTools) -> Iterator[ConditionTest]:
        yield _EventTest(frozenset(map(str.casefold, value)), self.refusal(value))

    def claims(self, value: tuple[str, ...], normaliser: Normaliser) -> Iterator[Claim]:
        yield Claim(AnyName("event", frozenset(map(str.casefold, value))))

    def faults(self, value: tuple[str, ...], context: FaultContext) -> Iterator[FaultInside]:
        if context.rule.on.isdisjoint({MessageType.OTHER, MessageType.ENTER_SESSION}):
            yield (), "Events are of the kinds “enter_session” and “other”: add one of them to “on”."
        for index, name in enumerate(value):
            if not is_visible(name):
                yield (index,), "The name of the event is empty."


MESSAGE_KINDS = (
    _AnyWord(WordPosition.IS, CluePlace.WHOLE),
    _AnyWord(WordPosition.STARTS, CluePlace.START),
    _AnyWord(WordPosition.ENDS, CluePlace.END),
    _AnyWord(WordPosition.INSIDE, CluePlace.INSIDE),
    _AllWords("all"),
    _NoWord("none"),
    _Regex("regex"),
    _SessionFrom("session_from"),
    _Event("event"),
)
