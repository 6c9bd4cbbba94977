"""Index that finds the few rules that can match a message among many.

A rule whose first condition needs a word (a pattern, a button) that is not there gives the same refusal to
every such message. Only the others are candidates. The index never leaves one out; it may name a few too
many.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from wxdesk.core.model.message import MessageType
from wxdesk.core.rules.conditions.kind import Clue, CluePlace
from wxdesk.core.rules.patterns import FilterPatterns

_BEGINNINGS = (2, 4, 8)
"""Lengths of the beginnings by which words are looked up."""


class Keywords:
    """Words with their owners (numbers of the caller's choice), compared exactly.

    No word is empty. Normalise both sides before. At each place of a text its two characters are looked up among the
    beginnings of words; where some word begins so, the first four are, and then eight. Each beginning knows the
    lengths of its words that no longer beginning finds, and they are looked up whole. At most places that is one
    look-up, for a hundred words or a hundred thousand.
    """

    def __init__(self, words: Iterable[tuple[str, int]]) -> None:
        owners: defaultdict[str, list[int]] = defaultdict(list)
        for word, owner in words:
            owners[word].append(owner)
        self._owners = {word: tuple(found) for word, found in owners.items()}
        self._initials = {word[0] for word in owners}
        looked_up = [(size, _lengths(owners, size)) for size in _BEGINNINGS]
        # Where no word is as short as that, as in English, a first look-up would only lead to the next.
        self._beginnings = tuple((size, found) for size, found in looked_up if any(found.values()))
        self._all_lengths = tuple(sorted({len(word) for word in self._owners}))

    def inside(self, text: str) -> Iterator[int]:
        """Yield the owners of the words that occur in `text`, some more than once."""
        owners = self._owners
        if self._initials.isdisjoint(text):  # as with few rules in most texts
            return
        for character in owners.keys() & set(text):
            yield from owners[character]
        places: Iterable[int] = range(len(text))
        for size, beginnings in self._beginnings:
            found = [
                (place, lengths)
                for place in places
                if (lengths := beginnings.get(text[place : place + size])) is not None
            ]
            pieces = [text[place : place + length] for place, lengths in found for length in lengths]
            for word in owners.keys() & pieces:
                yield from owners[word]
            places = [place for place, _ in found]

    def whole(self, text: str) -> tuple[int, ...]:
        """Return the owners of the word that `text` is."""
        return self._owners.get(text, ())

    def start(self, text: str) -> Iterator[int]:
        """Yield the owners of the words that `text` begins with."""
        for length in self._all_lengths:
            yield from self._owners.get(text[:length], ())

    def end(self, text: str) -> Iterator[int]:
        """Yield the owners of the words that `text` ends with."""
        for length in self._all_lengths:
            yield from self._owners.get(text[-length:], ())


def _lengths(words: Iterable[str], size: int) -> Mapping[str, tuple[int, ...]]:
    """Return word lengths by beginning, but those that a longer beginning covers."""
    longer = min((other for other in _BEGINNINGS if other > size), default=sys.maxsize)
    found: defaultdict[str, set[int]] = defaultdict(set)
    for word in words:
        if len(word) >= size:
            lengths = found[word[:size]]
            if len(word) < longer:
                lengths.add(len(word))
    return {beginning: tuple(sorted(lengths)) for beginning, lengths in found.items()}


_LOOK_UPS: tuple[tuple[CluePlace, Callable[[Keywords, str], Iterable[int]]], ...] = (
    (CluePlace.INSIDE, Keywords.inside),
    (CluePlace.WHOLE, Keywords.whole),
    (CluePlace.START, Keywords.start),
    (CluePlace.END, Keywords.end),
)


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
        self._always = always
        self._in_text = [partial(find, Keywords(words[place])) for place, find in _LOOK_UPS if place in words]
        self._patterns = [number for _, number in words[CluePlace.PATTERN]]
        self._filter = filter_patterns([source for source, _ in words[CluePlace.PATTERN]])
        self._by_button = [number for _, number in words[CluePlace.BUTTON]]

    def of(self, kind: MessageType, cased: str, folded: str, session_from: str | None) -> list[int]:
        """Return the candidates for a message in order, given its `Normaliser.forms`."""
        found = set(self._always.get(kind, ()))
        for look_up in self._in_text:
            found.update(look_up(folded))
        if self._patterns:
            found.update(self._patterns[index] for index in self._filter(cased))
        if session_from is not None:
            found.update(self._by_button)
        return sorted(found)
