"""Tests of conditions, and the base of the kinds of condition that make them.

A test's `refusal` is its verdict when it fails having found nothing; it is one record for all messages. Its
`clue` tells what a message must contain before asking is worth while, for the index in
`core.rules.matching.candidates`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum, auto
from typing import Protocol

from wxdesk.core.model.rule import Condition, Rule, Verdict
from wxdesk.core.normalise import Normaliser
from wxdesk.core.rules.business_hours import Schedule
from wxdesk.core.rules.conditions.claims import Claim
from wxdesk.core.rules.conditions.facts import MatchInput, RequiredHistory
from wxdesk.core.rules.patterns import CompilePattern
from wxdesk.core.rules.rule_names import RuleNames


class CluePlace(Enum):
    """Place in a message where the words of a clue must stand."""

    INSIDE = auto()
    WHOLE = auto()
    START = auto()
    END = auto()
    PATTERN = auto()
    BUTTON = auto()
    """Nowhere in the text: it is enough that the contact came by a button."""


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


type FaultInside = tuple[tuple[str | int, ...], str]
"""A fault's path inside the field of `Condition`, and the reason."""


class Stage(IntEnum):
    """Time of asking: the button and the event, then the text, then the surroundings."""

    BUTTON = 0
    TEXT = 1
    SURROUNDINGS = 2


@dataclass(frozen=True, slots=True)
class TestTools:
    """Means to make tests: the engines, calendars by name, and names of rules."""

    compile_pattern: CompilePattern
    normaliser: Normaliser
    calendars: Mapping[str, Schedule]
    rules: RuleNames


@dataclass(frozen=True, slots=True)
class FaultContext:
    """The rule whose condition is checked, the fields beside it, and known calendars."""

    rule: Rule
    beside: Condition
    calendars: Container[str] | None


class ConditionKind[Value]:
    """One kind of condition, whose values stand in the field `name` of `Condition`."""

    stage = Stage.SURROUNDINGS

    def __init__(self, name: str) -> None:
        self.name = name

    def words(self, value: Value) -> tuple[str, ...]:
        """Return the words of its verdicts: all that it looks for."""
        return (str(value),)

    def refusal(self, value: Value) -> Verdict:
        """Return its verdict on a message in which it finds nothing."""
        return Verdict(self.name, ok=False, words=self.words(value))

    def refusals(self, value: Value) -> tuple[Verdict, ...]:
        """Return the refusal of each of its tests."""
        return (self.refusal(value),)

    def tests(self, value: Value, tools: TestTools) -> Iterator[ConditionTest]:
        """Yield its tests."""
        raise NotImplementedError

    def claims(self, value: Value, normaliser: Normaliser) -> Iterator[Claim]:
        """Yield claims that together are equivalent to it."""
        raise NotImplementedError

    def faults(self, value: Value, context: FaultContext) -> Iterator[FaultInside]:
        """Yield its faults, but those of patterns."""
        return iter(())

    def patterns(self, value: Value) -> Iterator[FaultInside]:
        """Yield its patterns with their paths."""
        return iter(())

    def required(self, value: Value, rules: RuleNames) -> RequiredHistory | None:
        """Return the facts of the past that it needs."""
        return None


def pairs_of(words: Sequence[str], normaliser: Normaliser) -> tuple[tuple[str, str], ...]:
    """Return words as written, each with its compared form."""
    return tuple((word, normaliser(word)) for word in words)
