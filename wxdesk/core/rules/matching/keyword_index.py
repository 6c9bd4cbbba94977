"""Index of many words that finds those in a text, in time that hardly grows."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

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
    """Return the lengths of the words by beginning, without those a longer one finds."""
    longer = min((other for other in _BEGINNINGS if other > size), default=sys.maxsize)
    found: defaultdict[str, set[int]] = defaultdict(set)
    for word in words:
        if len(word) >= size:
            lengths = found[word[:size]]
            if len(word) < longer:
                lengths.add(len(word))
    return {beginning: tuple(sorted(lengths)) for beginning, lengths in found.items()}
