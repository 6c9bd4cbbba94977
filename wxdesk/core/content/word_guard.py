"""Words that should not leave: promises, prices, numbers to call."""

import re
from collections.abc import Sequence

from wxdesk.core.normalise import as_displayed

_WITHIN_NUMBER = re.compile(r"(?<=[\d#])[ -](?=[\d#])")


def found_in(text: str, words: Sequence[str]) -> tuple[str, ...]:
    """Return those of `words` that stand in `text`, in any case and width.

    `#` stands for any digit, so that `1##########` finds mobile numbers, also with blanks or hyphens in them.
    """
    said = _folded(text)
    return tuple(word for word in words if re.search(re.escape(_folded(word)).replace(r"\#", r"\d"), said))


def _folded(text: str) -> str:
    return _WITHIN_NUMBER.sub("", as_displayed(text).casefold())
