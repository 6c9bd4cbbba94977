"""Which of ten thousand rules have anything to say about a message, found without asking each.

A rule whose first condition needs a word (a pattern, a button) that is not there gives the same refusal to every
such message. Only the others are candidates. The index never leaves one out; it may name a few too many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Protocol

from wxdesk.core.model.message import MessageType
from wxdesk.core.normalise import Normaliser
from wxdesk.core.rules.matching.conditions import Clue, Place
from wxdesk.core.rules.matching.keyword_index import Keywords
from wxdesk.core.rules.patterns import FilterPatterns


class Worded(Protocol):
    """As much of a message as rules look for words in."""

    @property
    def type(self) -> MessageType:
        """What kind of message it is."""
        ...

    @property
    def text(self) -> str:
        """What the contact wrote."""
        ...

    @property
    def session_from(self) -> str | None:
        """What the button said by which he came, None if he did not."""
        ...


class Candidates:
    """An index over the rules' clues. Rules are numbered from 0 in the order in which they are asked."""

    def __init__(
        self, rules: Sequence[tuple[Clue | None, frozenset[MessageType]]], filter_patterns: FilterPatterns
    ) -> None:
        words: defaultdict[Place, list[tuple[str, int]]] = defaultdict(list)
        always: defaultdict[MessageType, list[int]] = defaultdict(list)
        for number, (clue, on) in enumerate(rules):
            if clue is None:
                for kind in on:
                    always[kind].append(number)
            else:
                words[clue.place].extend((word, number) for word in clue.words or ("",))
        self._always = {kind: tuple(numbers) for kind, numbers in always.items()}
        self._in_text = tuple(_look_ups(words))
        self._patterns = tuple(number for _, number in words[Place.PATTERN])
        self._filter = filter_patterns([source for source, _ in words[Place.PATTERN]])
        self._whole_button = Keywords(words[Place.BUTTON_WHOLE])
        self._button_start = Keywords(words[Place.BUTTON_START])
        self._by_button = tuple(number for _, number in words[Place.BUTTON])

    def always(self, kind: MessageType) -> Sequence[int]:
        """The candidates for every message of this kind, whatever stands in it."""
        return self._always.get(kind, ())

    def of(self, message: Worded, cased: str, folded: str) -> list[int]:
        """The candidates for one message, in order; its text is given as `Normaliser.forms` brings it."""
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


class Hearing:
    """Whether any of a few rules could say anything about a message, found without asking them; a no is certain."""

    def __init__(self, candidates: Candidates, normaliser: Normaliser) -> None:
        self._candidates = candidates
        self._normaliser = normaliser

    def __call__(self, message: Worded) -> bool:
        """Whether it is worth while to ask about `message`."""
        candidates = self._candidates
        if candidates.always(message.type):
            return True
        return bool(candidates.of(message, *self._normaliser.forms(message.text)))


_FINDING: tuple[tuple[Place, Callable[[Keywords, str], Iterable[int]]], ...] = (
    (Place.INSIDE, Keywords.inside),
    (Place.WHOLE, Keywords.whole),
    (Place.START, Keywords.start),
    (Place.END, Keywords.end),
)


def _look_ups(words: Mapping[Place, Sequence[tuple[str, int]]]) -> Iterator[Callable[[str], Iterable[int]]]:
    """How the words of each place are found in a text; where a place has none, nothing is looked for."""
    return (partial(find, Keywords(words[place])) for place, find in _FINDING if place in words)
