"""Which of ten thousand rules have anything to say about a message, found without asking each.

A rule whose first condition needs a word (a pattern, a button) that is not there gives the same refusal to every
such message. Only the others are candidates. The index never leaves one out; it may name a few too many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from wxdesk.core.conditions import Clue, Facts, Place
from wxdesk.core.keywords import Keywords
from wxdesk.core.model import MessageType
from wxdesk.core.patterns import FilterPatterns


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
        self._words = {place: Keywords(words[place]) for place in Place}
        self._patterns = tuple(number for _, number in words[Place.PATTERN])
        self._filter = filter_patterns([source for source, _ in words[Place.PATTERN]])
        self._by_button = tuple(number for _, number in words[Place.BUTTON])

    def of(self, facts: Facts) -> list[int]:
        """The candidates for one message, in order."""
        found = set(self._always.get(facts.subject.type, ()))
        found.update(self._by_text(facts))
        if facts.subject.session_from is not None:
            found.update(self._by_session_from(facts.subject.session_from))
        return sorted(found)

    def _by_text(self, facts: Facts) -> Iterator[int]:
        folded = facts.folded
        yield from self._words[Place.INSIDE].inside(folded)
        yield from self._words[Place.WHOLE].whole(folded)
        yield from self._words[Place.START].start(folded)
        yield from self._words[Place.END].end(folded)
        for index in self._filter.possible(facts.cased) if self._patterns else ():
            yield self._patterns[index]

    def _by_session_from(self, value: str) -> Iterator[int]:
        yield from self._words[Place.BUTTON_WHOLE].whole(value)
        yield from self._words[Place.BUTTON_START].start(value)
        yield from self._by_button
