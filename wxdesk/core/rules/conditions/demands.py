"""Demands: comparison of the conditions of two rules by what they certainly imply.

A condition is taken apart into demands that must all hold. One demand is compared with another by what it
demands, never by trying messages, so that "implies" is certain and "does not imply" may only mean that it
is not known.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from operator import contains, eq

from msgspec import Struct

from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import LastRule, Reference, SessionFromTest

_LITERAL = re.compile(r"[\u4e00-\u9fff0-9]+(\|[\u4e00-\u9fff0-9]+)*")
"""Patterns of Chinese words and digits alone, which have no letter case."""


class WordPosition(Enum):
    """Position of a word in a text; the value is the field of `Condition` for it."""

    IS = "exact"
    STARTS = "prefix"
    ENDS = "suffix"
    INSIDE = "any"


OCCURS: Mapping[WordPosition, Callable[[str, str], bool]] = {
    WordPosition.IS: eq,
    WordPosition.STARTS: str.startswith,
    WordPosition.ENDS: str.endswith,
    WordPosition.INSIDE: contains,
}
"""Tests of a text, and of a word in it, in compared form."""


class AnyWord(Struct, frozen=True):
    """One of `words`, in compared form, stands in this position in the text."""

    position: WordPosition
    words: tuple[str, ...]

    def holds_for(self, text: str) -> bool:
        """True if it holds for this text, in compared form."""
        return any(OCCURS[self.position](text, word) for word in self.words)


class AllWords(Struct, frozen=True):
    """Every one of `words` stands in the text."""

    words: tuple[str, ...]


class Fact(Struct, frozen=True):
    """A fact that is true or not: a pattern found, a calendar open, an operator here."""

    name: str
    value: Reference | bool | SessionFromTest


class AnyName(Struct, frozen=True):
    """An event's name, or a tag of the contact's, is one of `words` in compared form."""

    name: str
    words: frozenset[str]


class NumberRange(Struct, frozen=True):
    """A number, such as the days of quiet, is from `least` to `most`, if that is set."""

    name: str
    least: int
    most: int | None = None


type DemandTest = AnyWord | AllWords | Fact | AnyName | NumberRange | LastRule


class Demand(Struct, frozen=True):
    """`test` holds, or certainly does not."""

    test: DemandTest
    holds: bool = True


def holds_always(test: DemandTest, on: Collection[MessageType], everywhere: Collection[str]) -> bool:
    """True if `test` certainly holds for the kinds `on`, given patterns `everywhere`."""
    match test:
        case Fact("regex", str(source)):
            return source in everywhere
        case NumberRange("message_no", least, None):
            return least <= 0 or (least == 1 and all(kind.is_written for kind in on))  # a written one counts itself
        case _:
            return False


def literal_words(pattern: str | None) -> tuple[str, ...]:
    """Return the alternatives of a pattern of plain words; none for another pattern."""
    return tuple(pattern.split("|")) if pattern and _LITERAL.fullmatch(pattern) else ()


def implied(demand: Demand, by: Sequence[Demand]) -> bool:
    """True if `demand` certainly holds where all of `by` do."""
    return any(_follows(demand, from_=one) for one in by)


def contradicts(demands: Sequence[Demand]) -> bool:
    """True if two of `demands` certainly never hold together."""
    positive = [demand.test for demand in demands if demand.holds]
    negative = [demand.test for demand in demands if not demand.holds]
    return any(_narrower(one, other) for one in positive for other in negative) or any(
        _excludes(one, other) for one in positive for other in positive if one is not other
    )


def _follows(demand: Demand, *, from_: Demand) -> bool:
    match from_.holds, demand.holds:
        case True, True:
            return _narrower(from_.test, demand.test)
        case False, False:
            return _narrower(demand.test, from_.test)
        case True, False:
            return _excludes(from_.test, demand.test)
        case _:
            return False


def _narrower(one: DemandTest, other: DemandTest) -> bool:
    """True if `other` holds wherever `one` does."""
    match one, other:
        case (AnyWord() | AllWords(), AnyWord() | AllWords()):
            return _words_narrower(one, other)
        case Fact("session_from", SessionFromTest() as first), Fact("session_from", SessionFromTest() as second):
            return first == second or _button_narrower(first, second)
        case AnyName(), AnyName():
            return one.name == other.name and one.words <= other.words
        case NumberRange(), NumberRange():
            below = other.most is None or (one.most is not None and one.most <= other.most)
            return one.name == other.name and one.least >= other.least and below
        case LastRule(), LastRule():
            return one.rule == other.rule and one.minutes <= other.minutes
        case _:
            return one == other


def _words_narrower(one: AnyWord | AllWords, other: AnyWord | AllWords) -> bool:
    match one, other:
        case _, AllWords():
            return all(_words_narrower(one, AnyWord(WordPosition.INSIDE, (word,))) for word in other.words)
        case AllWords(), AnyWord():
            return any(_tells(WordPosition.INSIDE, word, other) for word in one.words)
        case AnyWord(), AnyWord():
            return all(_tells(one.position, word, other) for word in one.words)


def _tells(position: WordPosition, word: str, other: AnyWord) -> bool:
    """True if `other` holds for every text with `word` in that position."""
    comparable = position is WordPosition.IS or other.position in (position, WordPosition.INSIDE)
    return comparable and other.holds_for(word)


def _button_narrower(one: SessionFromTest, other: SessionFromTest) -> bool:
    """True if `one` has a value or longer prefix for `other`, and all its fields."""
    if other.prefix is None or not set(other.fields) <= set(one.fields):
        return False
    known = one.equals if one.equals is not None else one.prefix
    return known is not None and known.startswith(other.prefix)


def _excludes(one: DemandTest, other: DemandTest) -> bool:
    """True if `other` certainly fails where `one` holds."""
    match one, other:
        case AnyWord(WordPosition.IS), AnyWord():
            return not any(other.holds_for(word) for word in one.words)
        case AnyWord(WordPosition.IS), AllWords():
            return not any(all(word in text for word in other.words) for text in one.words)
        case Fact("account"), Fact("account"):
            return one != other
        case NumberRange("quiet_days"), Fact("first_contact"):
            return True
        case NumberRange("message_no", least), Fact("first_contact"):
            return least > 1
        case _:
            return False


def words_of(demands: Iterable[Demand]) -> Iterator[AnyWord]:
    """Return the demands that look for words in the text."""
    return (demand.test for demand in demands if demand.holds and isinstance(demand.test, AnyWord))
