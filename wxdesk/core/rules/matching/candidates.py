"""Index that finds the few rules that can match a message among many.

A rule whose first condition needs a word (a pattern, a button) that is not there gives the same refusal to
every such message. Only the others are candidates. The index never leaves one out; it may name a few too
many.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from wxdesk.core.model.message import MessageType
from wxdesk.core.rules.conditions.kind import Clue, CluePlace
from wxdesk.core.rules.matching.keyword_index import Keywords
from wxdesk.core.rules.patterns import FilterPatterns

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
