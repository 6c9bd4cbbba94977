"""Kinds of condition, and the tests that they make.

A test's `refusal` is its verdict when it fails having found nothing; it is one record for all messages. Its
`clue` tells what a message must contain before asking is worth while, for the index in
`core.rules.matching.candidates`.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from enum import Enum, IntEnum, auto
from typing import NamedTuple

from msgspec import Struct, field

from wxdesk.core.model.decision import Verdict
from wxdesk.core.model.rule import Condition, Reference, Rule
from wxdesk.core.normalise import Normaliser
from wxdesk.core.rules.business_hours import Schedule
from wxdesk.core.rules.conditions.demands import Demand
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


class Clue(Struct, frozen=True):
    """Requirement on a message: one of `words`, in compared form, stands at `place`."""

    place: CluePlace
    words: tuple[str, ...] = ()


class MatchState(Struct):
    """State of one walk over the rules for a message.

    `cased` and `folded` are its text in compared form (`core.normalise`), with letter case and without; as it was
    written it stands in `subject`. `groups` are those of the rule being asked.
    """

    subject: MatchInput
    cased: str
    folded: str
    answered: bool = False
    groups: dict[str, str] = field(default_factory=dict)


type Find = Callable[[MatchState], tuple[bool, str]]
"""Tells whether a condition holds, and the word or stretch of text that was found."""


class ConditionTest(Struct, frozen=True):
    """One condition of one rule; without its clue in a message it certainly refuses."""

    refusal: Verdict
    find: Find
    clue: Clue | None = None

    def ask(self, state: MatchState) -> Verdict:
        """Return its verdict."""
        ok, found = self.find(state)
        return Verdict(self.refusal.condition, ok, self.refusal.words, found) if ok or found else self.refusal


class FaultInside(NamedTuple):
    """A fault of one condition, by its path inside the field of `Condition`."""

    where: tuple[str | int, ...]
    reason: str


class Stage(IntEnum):
    """Time of asking: mini program, button and event, then the text, then the rest."""

    BUTTON = 0
    TEXT = 1
    SURROUNDINGS = 2


class TestTools(Struct, frozen=True):
    """Means to make tests: the engines, calendars by id or name, and names of rules."""

    compile_pattern: CompilePattern
    normaliser: Normaliser
    calendars: Mapping[Reference, Schedule]
    rules: RuleNames


class FaultContext(Struct, frozen=True):
    """The rule whose condition is checked, the fields beside it, and known calendars."""

    rule: Rule
    beside: Condition
    calendars: Container[Reference] | None


class ConditionKind[Value](Struct, frozen=True, kw_only=True):
    """One kind of condition, named as in verdicts and as its field of `Condition`.

    get: the value, where that is no field · words: the words of its verdicts, all that it looks for · find: its
    test and clue · demands: together equivalent to it · faults: but those of `patterns`, which stand at their
    paths · required: facts of the past that it needs · named: the value with names for what it refers to.
    """

    name: str
    find: Callable[[Value, TestTools], tuple[Find, Clue | None]]
    demands: Callable[[Value, Normaliser], Iterable[Demand]]
    stage: Stage = Stage.SURROUNDINGS
    get: Callable[[Condition], Value | None] | None = None
    words: Callable[[Value], tuple[str, ...]] = lambda value: (str(value),)
    faults: Callable[[Value, FaultContext], Iterator[FaultInside]] = lambda *_: iter(())
    patterns: Callable[[Value], Mapping[tuple[str, ...], str]] = lambda _: {}
    required: Callable[[Value, RuleNames], RequiredHistory] | None = None
    named: Callable[[Value, TestTools], Value] = lambda value, _: value

    def test(self, value: Value, tools: TestTools) -> ConditionTest:
        """Return its test."""
        return ConditionTest(self.refusal(self.named(value, tools)), *self.find(value, tools))

    def refusal(self, named: Value) -> Verdict:
        """Return the verdict of its test when that finds nothing."""
        return Verdict(self.name, ok=False, words=self.words(named))


def pairs_of(words: Sequence[str], normaliser: Normaliser) -> tuple[tuple[str, str], ...]:
    """Return words as written, each with its compared form."""
    return tuple((word, normaliser(word)) for word in words)
