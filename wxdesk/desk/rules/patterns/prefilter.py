"""Many regular expressions at once: which of them are worth a search in a text.

Each pattern is looked up by the pieces that a match must hold (`desk.pattern_pieces`): by those of them that the fewest
other patterns need; the others are looked for only where those stand. What is named is searched as ever, so that a
pattern too many costs a little time and is never wrong.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from wxdesk.core.rules.matching.keyword_index import Keywords
from wxdesk.desk.rules.patterns.engine import TEXT_LIMIT, searchable
from wxdesk.desk.rules.patterns.literals import AnyOf, pieces


class PieceFilter:
    """Fills `core.patterns.PatternFilter`; `sources` are patterns that `compile_pattern` takes."""

    def __init__(self, sources: Sequence[str]) -> None:
        numbers: defaultdict[str, list[int]] = defaultdict(list)
        for number, source in enumerate(sources):
            numbers[source].append(number)
        needs = [pieces(source) for source in numbers]
        wanted = Counter(piece for some in needs for need in some for piece in need)
        self._numbers = list(numbers.values())
        self._always = [place for place, some in enumerate(needs) if not some]
        self._needs = [sorted(some, key=lambda need: _cost(need, wanted)) for some in needs]
        rarest = ((need, place) for place, some in enumerate(self._needs) for need in some[:1])
        self._pieces = Keywords((piece, place) for need, place in rarest for piece in need)

    def possible(self, text: str) -> Collection[int]:
        """The numbers of all sources that can be found in `text`, and perhaps some that cannot."""
        folded = searchable(text[:TEXT_LIMIT]).casefold()
        places = [*self._always, *(place for place in set(self._pieces.inside(folded)) if self._all_in(folded, place))]
        return [number for place in places for number in self._numbers[place]]

    def _all_in(self, folded: str, place: int) -> bool:
        return all(any(piece in folded for piece in need) for need in self._needs[place][1:])


def _cost(need: AnyOf, wanted: Mapping[str, int]) -> tuple[bool, int, int]:
    """How much too often patterns are named that are looked up by `need`: single characters stand in many texts."""
    shortest = min(map(len, need))
    return (shortest == 1, sum(wanted[piece] for piece in need), -shortest)
