"""Index that finds the few rules that can match a message among ten thousand.

A rule whose first condition needs a word (a pattern, a button) that is not there gives the same refusal to
every such message. Only the others are candidates. The index never leaves one out; it may name a few too
many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Protocol

from wxdesk.core.model.message import MessageType
from wxdesk.core.normalise import Normaliser
from wxdesk.core.rules.conditions.kind import Clue, CluePlace
from wxdesk.core.rules.matching.keyword_index import Keywords
from wxdesk.core.rules.patterns import FilterPatterns


class SearchableMessage(Protocol):
    """The parts of a message in which rules look for words."""

    @property
    def type(self) -> MessageType:
        """The kind of message."""
        ...

    @property
    def text(self) -> str:
        """The contact's text."""
        ...

    @property
    def session_from(self) -> str | None:
        """The value of the button by which the contact entered, None without one."""
        ...


class Candidates:
    """Index of the rules' clues; rules are numbered from 0 in the order of asking."""

    def __init__(
        self, rules: Sequence[tuple[Clue | None, frozenset[MessageType]]], filter_patterns: FilterPatterns
    ) -> None:
        words: defaultdict[CluePlace, list[tuple[str, int]]] = defaultdict(list)
        always: defaultdict[MessageType, list[int]] = defaultdict(list)
        for number, (clue, on) in enumerate(rules):
            if clue is None:
                for kind in on:
                    always[kind].append(number)
            else:
                words[clue.place].extend((word, number) for word in clue.words or ("",))
        self._always = {kind: tuple(numbers) for kind, numbers in always.items()}
        self._in_text = tuple(_look_ups(words))
        self._patterns = tuple(number for _, number in words[CluePlace.PATTERN])
        self._filter = filter_patterns([source for source, _ in words[CluePlace.PATTERN]])
        self._whole_button = Keywords(words[CluePlace.BUTTON_WHOLE])
        self._button_start = Keywords(words[CluePlace.BUTTON_START])
        self._by_button = tuple(number for _, number in words[CluePlace.BUTTON])

    def always(self, kind: MessageType) -> Sequence[int]:
        """Return the candidates for every message of this kind, whatever its text."""
        return self._always.get(kind, ())

    def of(self, message: SearchableMessage, cased: str, folded: str) -> list[int]:
        """Return the candidates for a message in order, given its `Normaliser.forms`."""
        found = set(self.always(message.type))
        for look_up in self._in_text:
            found.update(look_up(folded))
        if self._patterns:
            found.update(self._patterns[index] for index in self._filter.possible(cased))
        if message.session_from is not None:
            found.update(self._by_session_from(message.session_from))
        return sorted(found)

    def _by_session_from(self, value: str) -> Iterator[int]:
        yield from self._whole_button.whole(value)
        yield from self._button_start.start(value)
        yield from self._by_button


class MessageFilter:
    """Quick test whether any of a few rules could match a message; a no is certain."""

    def __init__(self, candidates: Candidates, normaliser: Normaliser) -> None:
        self._candidates = candidates
        self._normaliser = normaliser

    def __call__(self, message: SearchableMessage) -> bool:
        """True if it is worth while to ask about `message`."""
        candidates = self._candidates
        if candidates.always(message.type):
            return True
        return bool(candidates.of(message, *self._normaliser.forms(message.text)))


_FINDING: tuple[tuple[CluePlace, Callable[[Keywords, str], Iterable[int]]], ...] = (
    (CluePlace.INSIDE, Keywords.inside),
    (CluePlace.WHOLE, Keywords.whole),
    (CluePlace.START, Keywords.start),
    (CluePlace.END, Keywords.end),
)


def _look_ups(words: Mapping[CluePlace, Sequence[tuple[str, int]]]) -> Iterator[Callable[[str], Iterable[int]]]:
    """Yield a look-up in a text for each place that has words."""
    return (partial(find, Keywords(words[place])) for place, find in _FINDING if place in words)
