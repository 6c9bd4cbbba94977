"""Conditions on the message itself: words, a pattern, the button, the event."""

from collections.abc import Callable, Iterator
from operator import contains

from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import SessionFromTest
from wxdesk.core.normalise import as_displayed, is_visible
from wxdesk.core.rules.conditions.demands import OCCURS, AllWords, AnyName, AnyWord, Demand, Fact, WordPosition
from wxdesk.core.rules.conditions.kind import (
    Clue,
    CluePlace,
    ConditionKind,
    FaultContext,
    FaultInside,
    Find,
    MatchState,
    Stage,
    TestTools,
    pairs_of,
)
from wxdesk.core.wechat.session_from import fields_of

MAX_WORD = 200
"""Most characters of one word; customers' texts are hardly longer."""

type Words = tuple[str, ...]


def _word_faults(words: Words, _: FaultContext) -> Iterator[FaultInside]:
    for index, word in enumerate(words):
        if not as_displayed(word):
            yield FaultInside((index,), "An empty word would be found in every text.")
        if len(word) > MAX_WORD:
            yield FaultInside((index,), "This word is longer than 200 characters.")


def _any_word(position: WordPosition, place: CluePlace) -> ConditionKind[Words]:
    return ConditionKind(
        name=position.value,
        stage=Stage.TEXT,
        words=tuple,
        find=lambda words, tools: _find_word(words, OCCURS[position], tools, place),
        demands=lambda words, normaliser: [Demand(AnyWord(position, tuple(map(normaliser, words))))],
        faults=_word_faults,
    )


def _find_word(
    words: Words, occurs: Callable[[str, str], bool], tools: TestTools, place: CluePlace | None
) -> tuple[Find, Clue | None]:
    """Return a test for any of the words at `place`; without a place, for none."""
    pairs = pairs_of(words, tools.normaliser)

    def find(state: MatchState) -> tuple[bool, str]:
        folded = state.folded
        found = next((written for written, word in pairs if occurs(folded, word)), "")
        return bool(found) is (place is not None), found

    return find, None if place is None else _clue(place, pairs)


def _find_all(words: Words, tools: TestTools) -> tuple[Find, Clue]:
    """Return a test that names the words that are there, also if not all are."""
    pairs = pairs_of(words, tools.normaliser)

    def find(state: MatchState) -> tuple[bool, str]:
        found = [written for written, word in pairs if word in state.folded]
        return len(found) == len(pairs), " ".join(found)

    return find, _clue(CluePlace.INSIDE, pairs)


def _clue(place: CluePlace, pairs: tuple[tuple[str, str], ...]) -> Clue:
    return Clue(place, tuple(word for _, word in pairs))


def _find_pattern(source: str, tools: TestTools) -> tuple[Find, Clue]:
    """Return a test of the normalised text, letter case kept."""
    pattern = tools.compile_pattern(source)

    def find(state: MatchState) -> tuple[bool, str]:
        found = pattern.search(state.cased)
        if found is None:
            return False, ""
        state.groups.update(found.groups)
        return True, found.text

    return find, Clue(CluePlace.PATTERN, (source,))


def _button_words(test: SessionFromTest) -> Words:
    sought = test.equals or test.prefix or test.regex
    return (*((sought,) if sought else ()), *(f"{one.name}={'|'.join(one.values)}" for one in test.fields)) or ("",)


def _find_button(test: SessionFromTest, tools: TestTools) -> tuple[Find, Clue]:
    """Return a test of the button's value, compared as it is: a program wrote it."""
    pattern = None if test.regex is None else tools.compile_pattern(test.regex)

    def found_in(value: str, groups: dict[str, str]) -> str | None:
        if pattern is not None:
            match = pattern.search(value)
            groups.update(match.groups if match else {})
            return match.text if match else None
        if test.prefix is not None:
            return test.prefix if value.startswith(test.prefix) else None
        return value if test.equals in (value, None) else None

    def find(state: MatchState) -> tuple[bool, str]:
        value = state.subject.session_from
        found = None if value is None else found_in(value, state.groups)
        if value is None or found is None:
            return False, ""
        fields = fields_of(value) if test.fields else {}
        ok = all(fields.get(one.name) in one.values for one in test.fields)
        return ok, found if ok else ""

    return find, Clue(CluePlace.BUTTON)


def _button_faults(test: SessionFromTest, context: FaultContext) -> Iterator[FaultInside]:
    tests = sum(one is not None for one in (test.equals, test.prefix, test.regex))
    if tests > 1:
        yield FaultInside((), "session_from takes one of equals, prefix and regex, not several.")
    if not (tests or test.fields):
        yield FaultInside((), "session_from takes one of equals, prefix and regex, or fields, or both.")
    if "" in (test.prefix, test.regex):
        yield FaultInside((), "An empty test of session_from would match every entry. Leave it out if that is meant.")
    for field in test.fields:
        if not field.name or not field.values:
            yield FaultInside(("fields", field.name), "A field needs a name and at least one value.")
    if MessageType.ENTER_SESSION not in context.rule.on:
        yield FaultInside((), "session_from is known only when a contact enters: add “enter_session” to “on”.")


def _find_event(names: Words, _: TestTools) -> tuple[Find, None]:
    """Return a test that ignores letter case: WeChat is not strict about it."""
    folded = frozenset(map(str.casefold, names))

    def find(state: MatchState) -> tuple[bool, str]:
        event = state.subject.event
        return (True, event) if event is not None and event.casefold() in folded else (False, "")

    return find, None


def _event_faults(names: Words, context: FaultContext) -> Iterator[FaultInside]:
    if context.rule.on.isdisjoint({MessageType.OTHER, MessageType.ENTER_SESSION}):
        yield FaultInside((), "Events are of the kinds “enter_session” and “other”: add one of them to “on”.")
    for index, name in enumerate(names):
        if not is_visible(name):
            yield FaultInside((index,), "The name of the event is empty.")


MESSAGE_KINDS = (
    _any_word(WordPosition.IS, CluePlace.WHOLE),
    _any_word(WordPosition.STARTS, CluePlace.START),
    _any_word(WordPosition.ENDS, CluePlace.END),
    _any_word(WordPosition.INSIDE, CluePlace.INSIDE),
    ConditionKind[Words](
        name="all",
        stage=Stage.TEXT,
        words=tuple,
        find=_find_all,
        demands=lambda words, normaliser: [Demand(AllWords(tuple(map(normaliser, words))))],
        faults=_word_faults,
    ),
    ConditionKind[Words](
        name="none",
        stage=Stage.TEXT,
        words=tuple,
        find=lambda words, tools: _find_word(words, contains, tools, None),
        demands=lambda words, normaliser: [
            Demand(AnyWord(WordPosition.INSIDE, tuple(map(normaliser, words))), holds=False)
        ],
        faults=_word_faults,
    ),
    ConditionKind[str](
        name="regex",
        stage=Stage.TEXT,
        find=_find_pattern,
        demands=lambda source, _: [Demand(Fact("regex", source))],
        patterns=lambda source: {(): source},
    ),
    ConditionKind[SessionFromTest](
        name="session_from",
        stage=Stage.BUTTON,
        words=_button_words,
        find=_find_button,
        demands=lambda test, _: [Demand(Fact("session_from", test))],
        faults=_button_faults,
        patterns=lambda test: {} if test.regex is None else {("regex",): test.regex},
    ),
    ConditionKind[Words](
        name="event",
        stage=Stage.BUTTON,
        words=tuple,
        find=_find_event,
        demands=lambda names, _: [Demand(AnyName("event", frozenset(map(str.casefold, names))))],
        faults=_event_faults,
    ),
)
