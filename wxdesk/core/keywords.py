"""Finds which of very many words stand in a text, in time that hardly depends on how many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

_HEAD = 4
"""Characters by which longer words are looked up; shorter ones, as most in Chinese, are looked up whole."""


class Keywords:
    """Words, each with its owners (numbers of the caller's choice). Compares exactly; normalise both sides before.

    At each place of a text the few characters that stand there are looked up: as a word, and as the beginning of
    longer words, which are then looked up in each length that words with this beginning have. That is a handful of
    look-ups a character, for a hundred words or a hundred thousand.
    """

    def __init__(self, words: Iterable[tuple[str, int]]) -> None:
        owners: defaultdict[str, list[int]] = defaultdict(list)
        for word, owner in words:
            owners[word].append(owner)
        self._owners = {word: tuple(found) for word, found in owners.items()}
        tails: defaultdict[str, set[int]] = defaultdict(set)
        for word in self._owners:
            if len(word) >= _HEAD:
                tails[word[:_HEAD]].add(len(word))
        self._long = {head: tuple(sorted(found)) for head, found in tails.items()}
        self._all_lengths = tuple(sorted({len(word) for word in self._owners}))
        self._short_lengths = tuple(length for length in self._all_lengths if length < _HEAD)

    def inside(self, text: str) -> Iterator[int]:
        """Owners of the words that occur in `text`; an owner may come more than once."""
        owners = self._owners
        for length in self._short_lengths:
            pieces = {text[start : start + length] for start in range(len(text) - length + 1)}
            for piece in pieces & owners.keys():
                yield from owners[piece]
        if self._long:
            yield from self._long_inside(text)

    def _long_inside(self, text: str) -> Iterator[int]:
        heads = [text[start : start + _HEAD] for start in range(len(text) - _HEAD + 1)]
        for start, head in enumerate(heads):
            for length in self._long.get(head, ()):
                yield from self._owners.get(text[start : start + length], ())

    def whole(self, text: str) -> tuple[int, ...]:
        """Owners of the word that `text` is."""
        return self._owners.get(text, ())

    def start(self, text: str) -> Iterator[int]:
        """Owners of the words that `text` begins with."""
        for length in self._all_lengths:
            yield from self._owners.get(text[:length], ())

    def end(self, text: str) -> Iterator[int]:
        """Owners of the words that `text` ends with."""
        for length in self._all_lengths:
            yield from self._owners.get(text[-length:], ())
