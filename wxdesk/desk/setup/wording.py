"""Wording of one verdict: sentences with named holes, and the remedy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from wxdesk.i18n import tr

_HOLE = re.compile(r"\{(\w+)\}")

UNKNOWN_VALUE = "…"
"""Filled into a hole whose value is not known."""


def holes(sentence: str) -> frozenset[str]:
    """Return the names of a sentence's holes."""
    return frozenset(_HOLE.findall(sentence))


@dataclass(frozen=True, slots=True, init=False)
class Wording:
    """English sentences of a verdict, the most exact first, and what mends it.

    The first whose values are all known is used, else the last. `remedy` is empty where there is nothing to do.
    """

    texts: tuple[str, ...]
    remedy: str

    def __init__(self, *texts: str, remedy: str = "") -> None:
        object.__setattr__(self, "texts", texts)
        object.__setattr__(self, "remedy", remedy)

    def text(self, values: Mapping[str, str]) -> str:
        """Return the most exact sentence that these values can fill, translated."""
        fitting = (sentence for sentence in self.texts if holes(sentence) <= values.keys())
        return filled(next(fitting, self.texts[-1]), values)


def filled(sentence: str, values: Mapping[str, str]) -> str:
    """Translate a sentence and fill its holes; values of several words, too."""
    if not sentence:
        return ""
    return tr(sentence, **{hole: _shown(values.get(hole, UNKNOWN_VALUE)) for hole in holes(sentence)})


def _shown(value: str) -> str:
    return tr(value) if " " in value else value
