"""Prefilter for many patterns: picks those that are worth a search in a text.

Each pattern is looked up by those of its required pieces (`desk.rules.patterns.literals`) that the fewest
other patterns need; the other pieces are looked for only where those stand. What is picked is searched as
ever, so that a pattern too many costs a little time and is never wrong.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from wxdesk.core.rules.matching.keyword_index import Keywords
from wxdesk.desk.rules.patterns.engine import TEXT_LIMIT, searchable
from wxdesk.desk.rules.patterns.literals import LiteralChoices, required_literals


class LiteralPrefilter:
    """Implements `core.rules.patterns.PatternFilter`; all `sources` have compiled."""

    def __init__(self, sources: Sequence[str]) -> None:
        numbers: defaultdict[str, list[int]] = defaultdict(list)
        for number, source in enumerate(sources):
            numbers[source].append(number)
        needs = [required_literals(source) for source in numbers]
        wanted = Counter(piece for some in needs for need in some for piece in need)
        self._numbers = list(numbers.values())
        self._always = [place for place, some in enumerate(needs) if not some]
        self._needs = [sorted(some, key=lambda need: _cost(need, wanted)) for some in needs]
        rarest = ((need, place) for place, some in enumerate(self._needs) for need in some[:1])
        self._pieces = Keywords((piece, place) for need, place in rarest for piece in need)

    def possible(self, text: str) -> Collection[int]:
        """Return the numbers of all sources that can match `text`, and perhaps others."""
        folded = searchable(text[:TEXT_LIMIT]).casefold()
        places = [*self._always, *(place for place in set(self._pieces.inside(folded)) if self._all_in(folded, place))]
        return [number for place in places for number in self._numbers[place]]

    def _all_in(self, folded: str, place: int) -> bool:
        return all(any(piece in folded for piece in need) for need in self._needs[place][1:])


def _cost(need: LiteralChoices, wanted: Mapping[str, int]) -> tuple[bool, int, int]:
    """Estimate false hits of a lookup by `need`: single characters are in many texts."""
    shortest = min(map(len, need))
    return (shortest == 1, sum(wanted[piece] for piece in need), -shortest)
